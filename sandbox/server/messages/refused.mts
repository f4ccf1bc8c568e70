import type { Account } from '../account.mts';
import type { Call, Route } from '../call.mts';
import { Refusal, type Answer } from '../envelope.mts';
import type { RefusedSend } from '../records.mts';
import { metaRefusal } from './meta.mts';
import { brokenLink } from './outcome.mts';
import { cleanPhone } from './recipient.mts';

/** Fewer would be the end of anybody's number. */
const fewestDigits = 7;

/** All texts of the answer, as the caller gets them. */
function wordsOf({ body }: Answer): string {
	if (body === '') return brokenLink.details;
	const { message, errors = {} } = JSON.parse(body) as {
		message: string;
		errors?: Record<string, string[]>;
	};
	const all = [message, ...Object.values(errors).flat()];
	return all.filter(Boolean).join(': ') || 'WhatsApp refused it and gave no reason.';
}

function refusedSend(account: Account, { input }: Call, answer: Answer): RefusedSend | undefined {
	const phone = cleanPhone(String(input['phone_number']));
	if (phone.length < fewestDigits) return undefined;
	const contact = account.data.contacts.firstWithPhoneEnding(phone);
	if (!contact) return undefined;
	const { message_body, caption, template_name: template } = input;
	const text = [message_body, caption].find((value) => typeof value === 'string') ?? '';
	return {
		...{ phone, contactId: contact.id, at: account.now().toISOString(), text },
		...(typeof template === 'string' && { template }),
		reason: metaRefusal(phone)?.details ?? wordsOf(answer),
	};
}

/** Keeps what a send was refused for: the API tells only its caller, and people look into the chat. */
export function keepingRefusals(handle: Route['handle']): Route['handle'] {
	const keep = (call: Call, answer: Answer) => {
		const refused = refusedSend(call.account, call, answer);
		if (refused) call.account.refused.add(refused);
	};
	return async (call) => {
		try {
			const answer = await handle(call);
			if (answer.status >= 400) keep(call, answer);
			return answer;
		} catch (error) {
			if (error instanceof Refusal) keep(call, error.answer);
			throw error;
		}
	};
}
