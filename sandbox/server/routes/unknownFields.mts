import type { Account } from '../account.mts';
import { inWords } from '../call.mts';
import { failure, Refusal } from '../envelope.mts';
import type { Input } from '../input.mts';

interface Write {
	known: readonly string[];
	model: string;
	/** What the failure is called. */
	message: string;
}

/** Fields that the record does not have end the write before anything is written; the text is never translated. */
export function refuseUnknownFields(account: Account, input: Input, write: Write): void {
	const unknown = Object.keys(input).filter((name) => !write.known.includes(name));
	if (!account.behaviour.strictFields || unknown.length === 0) return;
	const model = `App\\Models\\Tenant\\${write.model}`;
	const error = `Add fillable property [${unknown.join(', ')}] to allow mass assignment on [${model}].`;
	throw new Refusal(failure(500, inWords(account, write.message), { error }));
}
