import { randomBytes } from 'node:crypto';

interface MetaRefusal {
	/** For people. */
	details: string;
	message: string;
	/** The JSON text that it answers. */
	json: string;
}

function refusal(code: number, words: string, details: string): MetaRefusal {
	const message = `(#${code}) ${words}`;
	const error = {
		...{ message, type: 'OAuthException', code },
		error_data: { messaging_product: 'whatsapp', details },
		fbtrace_id: 'SANDBOXtrace',
	};
	return { details, message, json: JSON.stringify({ error }) };
}

const notAllowed = 'This sandbox refuses all numbers that end in 0000.';
const notDelivered = refusal(
	131030,
	`Recipient phone number not in allowed list. ${notAllowed}`,
	notAllowed,
);

/** What Meta says to who sends too fast: to one person, or to all together. */
const tooFastFor = {
	131056: refusal(
		131056,
		'(Business Account, Consumer Account) pair rate limit hit',
		'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
	),
	130429: refusal(
		130429,
		'Rate limit hit',
		'Message failed to send because there were too many messages sent from this phone number in a short period of time.',
	),
};
export type TooFast = keyof typeof tooFastFor;

/** Why the simulated Meta refuses a message to this number. */
export function metaRefusal(phone: string, tooFast?: TooFast): MetaRefusal | undefined {
	if (tooFast !== undefined) return tooFastFor[tooFast];
	const digits = phone.replaceAll(/\D/g, '');
	return digits === '' || digits.endsWith('0000') ? notDelivered : undefined;
}

/** A message id of WhatsApp's form: bytes around the number and a unique part, in base64. */
export function newMessageId(phone: string): string {
	const number = Buffer.from(phone.replaceAll(/\D/g, ''));
	const unique = Buffer.from(randomBytes(9).toString('hex').toUpperCase());
	const bytes = Buffer.concat([
		Buffer.from([0x1c, 0x18, number.length]),
		number,
		Buffer.from([0x15, 0x02, 0x00, 0x11, 0x18, 0x12]),
		unique,
		Buffer.from([0x00]),
	]);
	return `wamid.${bytes.toString('base64')}`;
}
