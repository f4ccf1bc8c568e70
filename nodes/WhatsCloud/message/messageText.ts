import { counted, InputError, isEmpty, outgoingText } from '../checks/text';

const MAX_CHARACTERS = 4096;

/**
 * The text of a message, unchanged: the server trims it, and counts Unicode characters after that.
 * @throws InputError for a text that is missing, blank, broken or longer than 4,096 characters
 */
export function checkText(value: unknown): string {
	const text = outgoingText(value, 'The message') ?? '';
	if (isEmpty(text)) {
		throw new InputError(
			'The message is empty',
			'Write the text to send. If it comes from an expression, check that the field exists in the input and is not blank.',
		);
	}
	const length = [...text.trim()].length;
	if (length <= MAX_CHARACTERS) return text;
	throw new InputError(
		`The message has ${counted(length)} characters, but WhatsApp allows at most ${counted(MAX_CHARACTERS)}`,
		'Shorten the text, or split it into several messages.',
	);
}
