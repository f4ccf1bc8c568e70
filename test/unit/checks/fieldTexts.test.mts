import { InputError, isEmpty, quoted } from '../../../nodes/WhatsCloud/checks/text';
import { FIELDS, itemWith, valuesWith } from './fields.mts';

const LONG = 'y'.repeat(100_000);
const HALF_EMOJI = /[\ud800-\udfff]/u;

/** What fillTemplate looks at, once it knows the template; freeMessageNotice reads nothing. */
const READ_LATER = ['templateVariables'];

test.each(FIELDS)('%s quotes at most 60 characters of a value', (_name, field) => {
	for (const value of [
		...valuesWith(LONG, field.property),
		...valuesWith(`${LONG}\ud83d`, field.property),
	]) {
		const error = errorOf(() => field.read(value, 'Field', itemWith(LONG)));
		if (error === undefined) continue;
		expect(`${error.message} ${error.description ?? ''}`).not.toMatch(/y{61}/);
		expect(error.message.length).toBeLessThan(250);
	}
});

test.each(FIELDS.filter(([name]) => !READ_LATER.includes(name)))(
	'%s gives no text with half an emoji',
	(_name, field) => {
		const texts = ['\ud83d', 'Hi \ud83d', '\ude00 Hi', '15555550101\ud83d', 'a@example.com\udc4d'];
		for (const text of texts) {
			for (const value of valuesWith(text, field.property)) {
				let read: unknown;
				const error = errorOf(() => (read = field.read(value, 'Field', itemWith('x'))));
				expect(error === undefined ? textsIn(read).join() : '').not.toMatch(HALF_EMOJI);
			}
		}
	},
);

test.each([
	'',
	' ',
	'\n\t',
	'\u200b\u2060',
	'\u2800',
	'\u3164',
	'\u00ad',
	'\u034f',
	'\ufeff',
	'\u0000\u0007',
])('%j is empty', (text) => {
	expect(isEmpty(text)).toBe(true);
	expect(isEmpty(`${text}.`)).toBe(false);
});

test('a value is quoted whole up to 60 characters, and never ends in half an emoji', () => {
	expect(quoted('y'.repeat(60))).toBe(`"${'y'.repeat(60)}"`);
	expect(quoted('y'.repeat(61))).toBe(`"${'y'.repeat(60)}…"`);
	expect(quoted(`${'y'.repeat(59)}\u{1f600}y`)).toBe(`"${'y'.repeat(59)}…"`);
	expect(quoted({ a: LONG })).toBe(`{"a":"${'y'.repeat(54)}…`);
});

function errorOf(action: () => unknown): InputError | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		expect(error).toBeInstanceOf(InputError);
		return error as InputError;
	}
}

/** All texts in a value, also the names of its keys. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}
