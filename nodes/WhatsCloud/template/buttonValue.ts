import { InputError, shown } from '../checks/text';

/** A button's address around its variable. */
interface Address {
	before: string;
	after: string;
}

/**
 * What comes in place of the variable in a button's address. Of a whole address the fixed part is taken off,
 * since the template has it; so is a slash that the fixed part ends in; blanks and letters that no address has
 * are encoded.
 * @throws InputError for another address
 */
export function buttonValue({ before, after }: Address, text: string, label: string): string {
	const given = text.trim();
	const fixed = withoutScheme(before);
	const whole = withoutScheme(given);
	const isWhole = fixed !== '' && whole.toLowerCase().startsWith(fixed.toLowerCase());
	const isOther = /^https?:\/\//i.test(given) && fixed !== '' && !before.includes('?');
	const rest = isWhole ? withoutEnd(whole.slice(fixed.length), after) : given;
	const part = before.endsWith('/') ? rest.replace(/^\/+/, '') : rest;
	if (part !== '' && (isWhole || !isOther)) return part.replace(/[^!-~]+/g, encodeURIComponent);
	throw new InputError(
		`The value for ${label} does not fit the address of the button`,
		`The button leads to ${before}…${after}, and the value is only what comes in place of the dots. It is: ${shown(given)}`,
	);
}

function withoutScheme(url: string): string {
	return url.replace(/^https?:\/\//i, '');
}

function withoutEnd(text: string, end: string): string {
	return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text;
}
