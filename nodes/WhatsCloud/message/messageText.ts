import { InputError } from '../checks/InputError';
import { counted, outgoingText } from '../checks/text';

const MAX_CHARACTERS = 4096;

// What the server's framework trims off both ends, so that a text of nothing else counts as empty:
// white space, and characters that look like it or like nothing.
const TRIMMED =
	/^(?:[\s\0\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164\uffa0\u{1d159}\u{1d173}-\u{1d17a}\u{e0020}]|\u034f|\u17b4|\u17b5)$/u;

/**
 * The text of a message, unchanged: the server trims it, and counts Unicode characters after that.
 * @throws InputError for a text that is missing, blank, broken or longer than 4,096 characters
 */
export function checkText(value: unknown): string {
	const text = outgoingText(value, 'The message') ?? '';
	const characters = [...text];
	const start = characters.findIndex(isKept);
	if (start === -1) {
		throw new InputError(
			'The message is empty',
			'Write the text to send. If it comes from an expression, check that the field exists in the input and is not blank.',
		);
	}
	const length = characters.findLastIndex(isKept) - start + 1;
	if (length > MAX_CHARACTERS) {
		throw new InputError(
			`The message has ${counted(length)} characters, but WhatsApp allows at most ${counted(MAX_CHARACTERS)}`,
			'Shorten the text, or split it into several messages.',
		);
	}
	return text;
}

function isKept(character: string): boolean {
	return !TRIMMED.test(character);
}
