import { randomBytes } from 'node:crypto';

const details = 'This sandbox refuses all numbers that end in 0000.';
const message = `(#131030) Recipient phone number not in allowed list. ${details}`;

/** What Meta says about a number it does not deliver to. */
const refusal = JSON.stringify({
	error: {
		...{ message, type: 'OAuthException', code: 131030 },
		error_data: { messaging_product: 'whatsapp', details },
		fbtrace_id: 'SANDBOXtrace',
	},
});

/** Why the simulated Meta refuses the number: for people, as its message, and as the JSON text that it answers. */
export function metaRefusal(
	phone: string,
): { details: string; message: string; json: string } | undefined {
	const digits = phone.replaceAll(/\D/g, '');
	const isRefused = digits === '' || digits.endsWith('0000');
	return isRefused ? { details, message, json: refusal } : undefined;
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
