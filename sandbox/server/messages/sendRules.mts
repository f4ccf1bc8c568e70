import type { Account } from '../account.mts';
import type { Input } from '../input.mts';
import { nullable, required, validate, type Rules } from '../validation.mts';

/** The rules of a send: whether null counts as absent is the same for all of its optional fields. */
export function validateSend(account: Account, rules: Rules, input: Input): void {
	const { nullsInSends } = account.behaviour;
	const effective = Object.entries(rules).map(([field, all]) => [
		field,
		nullsInSends && !all.includes(required) ? [nullable, ...all] : all,
	]);
	validate(account, Object.fromEntries(effective) as Rules, input);
}
