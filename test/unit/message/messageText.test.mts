import fc from 'fast-check';
import { InputError } from '../../../nodes/WhatsCloud/checks/text';
import { messageText } from '../../../nodes/WhatsCloud/message/send';
import { NO_ITEM } from '../../../nodes/WhatsCloud/operation';

const checkText = (value: unknown) =>
	messageText({ displayName: 'Text' }).read(value, 'Text', NO_ITEM);

const UNCHANGED: Array<[what: string, text: string]> = [
	['line breaks', 'Hello\nAda\r\n\r\nBye'],
	['quotes and backslashes', `"a" 'b' \\n \u201cc\u201d`],
	['emoji made of several characters', '👩‍👩‍👧‍👦🇧🇷👍🏽'],
	['right-to-left text', 'مرحبا \u200fAda\u200f שלום'],
	['white space around', '  Hello \n'],
	['zero', '0'],
	['placeholders', 'Hello {contact_first_name}'],
	['4,096 letters', 'a'.repeat(4096)],
	['4,096 emoji of two code units each', '😀'.repeat(4096)],
	[
		'4,096 letters and white space around, which the server trims',
		` \n${'a'.repeat(4096)}\u00a0\t`,
	],
];

test.each(UNCHANGED)('%s arrive unchanged', (_what, text) => {
	expect(checkText(text)).toBe(text);
});

test('a number is sent as its digits', () => {
	expect(checkText(12.5)).toBe('12.5');
});

test.each([
	['nothing', undefined, '"Text" is empty'],
	['null', null, '"Text" is empty'],
	['an empty text', '', '"Text" is empty'],
	['white space', ' \n\t\u00a0\u3000', '"Text" is empty'],
	['invisible characters', '\u200b\u200e\ufeff\u2060', '"Text" is empty'],
	['an object', { text: 'Hello' }, '"Text" must be text'],
	['a list', ['Hello'], '"Text" must be text'],
	['true', true, '"Text" must be text'],
	['a cut emoji', '😀'.slice(0, 1), '"Text" contains half an emoji'],
	['4,097 letters', 'a'.repeat(4097), '"Text" is too long'],
	['4,097 emoji', '😀'.repeat(4097), '"Text" is too long'],
	['4,096 letters with a blank inside', `a ${'a'.repeat(4095)}`, '"Text" is too long'],
])('%s is refused', (_what, text, message) => {
	expect(() => checkText(text)).toThrow(new InputError(message));
});

test('whatever passes, passes unchanged', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => {
			const sent = `x${text}`;
			expect(checkText(sent)).toBe(sent);
		}),
	);
});
