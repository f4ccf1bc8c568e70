import fc from 'fast-check';
import { InputError } from '../../../nodes/WhatsCloud/checks/text';
import { fillTemplate } from '../../../nodes/WhatsCloud/template/choose';
import {
	type FillOptions,
	type Template,
	templateOf,
	variablesOf,
} from '../../../nodes/WhatsCloud/template/template';

type Fields = Record<string, unknown>;

function template(fields: Fields = {}): Template {
	return templateOf({
		template_name: 'order_update',
		language: 'en',
		status: 'APPROVED',
		category: 'UTILITY',
		header_data_format: null,
		header_data_text: null,
		header_params_count: 0,
		body_data: 'Thanks.',
		body_params_count: 0,
		buttons_data: null,
		...fields,
	});
}

const fieldsOf = (of: Template, values: Fields, options?: FillOptions) =>
	fillTemplate(of, values, options).fields;

const ORDER = template({
	header_data_format: 'TEXT',
	header_data_text: 'Order {{1}}',
	header_params_count: 1,
	body_data: 'Hello {{1}}, order {{2}} is on its way.',
	body_params_count: 2,
	buttons_data:
		'[{"type":"QUICK_REPLY","text":"Thanks"},{"type":"URL","text":"Track","url":"https:\\/\\/example.com\\/t\\/{{1}}","example":["https:\\/\\/example.com\\/t\\/1"]}]',
});

const CODE_RECORD = {
	template_name: 'login_code',
	category: 'AUTHENTICATION',
	body_data: '*{{1}}* is your verification code.',
	body_params_count: 1,
	buttons_data: '[{"type":"OTP","otp_type":"COPY_CODE","text":"Copy code"}]',
};
const CODE = template(CODE_RECORD);

function errorOf(action: () => unknown): unknown {
	try {
		return action();
	} catch (error) {
		return error;
	}
}

function labels(fields: Fields): string[] {
	return variablesOf(template(fields)).map(({ label }) => label);
}

describe('the variables of a template', () => {
	test('header, body and buttons, in the order of the message', () => {
		expect(variablesOf(ORDER).map(({ id, label }) => [id, label])).toEqual([
			['header_field_1', 'Header: Order {{1}}'],
			['field_1', 'Body: Hello {{1}}, order {{2}} is on its way.'],
			['field_2', 'Body: …order {{2}} is on its way.'],
			['button_1', 'Button "Track": …ample.com/t/{{1}}'],
		]);
	});

	test.each<[what: string, fields: Fields, ids: string[]]>([
		['nothing to fill', {}, []],
		[
			'a header text without a variable',
			{ header_data_format: 'TEXT', header_data_text: 'Hi' },
			[],
		],
		['an image', { header_data_format: 'IMAGE' }, ['header_image_url']],
		['a video', { header_data_format: 'video' }, ['header_video_url']],
		['a document', { header_data_format: 'DOCUMENT' }, ['header_document_url']],
		['an empty header format', { header_data_format: '' }, []],
		['names', { body_data: '{{name}} {{order}}', body_params_count: 2 }, ['field_1', 'field_2']],
		['a repeat', { body_data: '{{1}} {{2}} {{1}}', body_params_count: 3 }, ['field_1', 'field_2']],
		[
			'repeats first',
			{ body_data: '{{1}} {{1}} {{2}}', body_params_count: 3 },
			['field_1', 'field_2'],
		],
		[
			'ten variables',
			{ body_data: Array.from({ length: 10 }, (_, index) => `{{${index + 1}}}`).join() },
			Array.from({ length: 10 }, (_, index) => `field_${index + 1}`),
		],
		['buttons that are null', { buttons_data: 'null' }, []],
		['buttons that are broken', { buttons_data: '[{"type":"URL"' }, []],
		['buttons that are not a list', { buttons_data: '{"type":"URL"}' }, []],
		['buttons that are not objects', { buttons_data: '[null, 1, "URL", {"type": 7}]' }, []],
		['a fixed URL', { buttons_data: '[{"type":"URL","text":"x","url":"https://e.example"}]' }, []],
		[
			'a list instead of its JSON text',
			{ buttons_data: [{ type: 'url', text: 'x', url: 'https://e.example/{{1}}' }] },
			['button_0'],
		],
		[
			'a code to copy',
			{ buttons_data: '[{"type":"COPY_CODE","text":"Copy","example":["SAVE10"]}]' },
			['copy_code'],
		],
	])('with %s', (_what, fields, ids) => {
		expect(variablesOf(template(fields)).map(({ id }) => id)).toEqual(ids);
	});

	test('labels show the words around the marker, on one line', () => {
		const text =
			'Dear customer of our wonderful shop,\n\nyour order {{1}}\nis on its way and will reach you soon, {{ name }}!\n{{1}}';
		expect(labels({ body_data: text, body_params_count: 3 })).toEqual([
			'Body: …your order {{1}} is on its way and will reach …',
			'name (Body): …you soon, {{name}}! {{1}}',
		]);
	});

	test('labels cut where there are no words, and never through a character', () => {
		expect(labels({ body_data: `${'😀'.repeat(40)}{{1}}${'字'.repeat(40)}` })).toEqual([
			`Body: …${'😀'.repeat(12)}{{1}}${'字'.repeat(30)}…`,
		]);
	});

	test('an authentication template asks for the code only', () => {
		expect(variablesOf(CODE)).toMatchObject([
			{
				id: 'field_1',
				label: 'One-time code: *{{1}}* is your verification code.',
			},
		]);
		expect(variablesOf(CODE, { autoGenerateOtp: true })).toEqual([]);
		const empty = { ...CODE_RECORD, body_data: null, body_params_count: 0 };
		expect(variablesOf(template(empty))).toMatchObject([{ id: 'field_1', label: 'One-time code' }]);
	});

	test.each<[what: string, fields: Fields, message: RegExp]>([
		['is pending', { status: 'PENDING' }, /^The template "order_update" \(en\) is not approved/],
		['has no status', { status: null }, /is not approved/],
		['has a location', { header_data_format: 'LOCATION' }, /has a location in its header/],
		[
			'has eleven occurrences',
			{ body_data: '{{1}}'.repeat(11), body_params_count: 11 },
			/has 11 variables in its body/,
		],
		[
			'has eleven markers',
			{ body_data: Array.from({ length: 11 }, (_, index) => `{{${index + 1}}}`).join() },
			/has 11 variables in its body/,
		],
		[
			'is a carousel with variables, as a value',
			{ template_type: 'carousel', cards_json: [{ body: { text: 'Only {{1}}' } }] },
			/has variables in the cards of a carousel/,
		],
		[
			'is a carousel with variables, as text',
			{ cards_json: '[{"body":{"text":"Only {{price}}"}}]' },
			/has variables in the cards of a carousel/,
		],
		[
			'has a variable in its fourth button',
			{
				buttons_data: ['a', 'b', 'c', { type: 'URL', text: 'x', url: 'https://e.example/{{1}}' }],
			},
			/a button after the third/,
		],
	])('a template that %s is refused', (_what, fields, message) => {
		const error = errorOf(() => variablesOf(template(fields)));
		expect(error).toBeInstanceOf(InputError);
		expect(error).toMatchObject({
			message: expect.stringMatching(message) as string,
			description: expect.stringMatching(/^Choose another template/) as string,
		});
	});
});

describe('header files', () => {
	test.each([
		['IMAGE', 'image'],
		['Video', 'video'],
		['DOCUMENT', 'document'],
		['TEXT', undefined],
		['', undefined],
		[null, undefined],
		['NONE', undefined],
	])('of the format %p: %p', (header_data_format, kind) => {
		expect(template({ header_data_format }).headerFile).toBe(kind);
	});

	const flyer = template({ header_data_format: 'IMAGE' });

	test('as binary data no URL is asked for, and one that is left over is not sent', () => {
		const options = { headerFromBinary: true };
		expect(variablesOf(flyer, options)).toEqual([]);
		expect(fieldsOf(flyer, { header_image_url: 'https://example.com/a.png' }, options)).toEqual({});
	});

	test('a URL is checked', () => {
		expect(fieldsOf(flyer, { header_image_url: ' https://example.com/a.png ' })).toEqual({
			header_image_url: 'https://example.com/a.png',
		});
		expect(() => fieldsOf(flyer, { header_image_url: 'a.png' })).toThrow(InputError);
	});
});

describe('the values of a template', () => {
	const values = { header_field_1: 'A-1', field_1: 'Ada', field_2: 'A-1', button_1: 'a1' };

	test('go into the fields of their ids', () => {
		expect(fieldsOf(ORDER, values)).toEqual(values);
	});

	test('arrive as given, numbers and booleans as text', () => {
		expect(
			fieldsOf(ORDER, {
				...values,
				field_1: ' a\n"b" {x} 😀 ',
				field_2: 12.5,
				button_1: true,
			}),
		).toEqual({ ...values, field_1: ' a\n"b" {x} 😀 ', field_2: '12.5', button_1: 'true' });
	});

	test('empty values of other templates do not matter', () => {
		expect(fieldsOf(ORDER, { ...values, field_9: null, copy_code: '' })).toEqual(values);
	});

	test.each<[body: string, given: Record<string, string>, sent: Record<string, string>]>([
		[
			'{{1}} {{2}} {{1}}',
			{ field_1: 'a', field_2: 'b' },
			{ field_1: 'a', field_2: 'b', field_3: 'a' },
		],
		[
			'{{1}} {{1}} {{2}}',
			{ field_1: 'a', field_2: 'b' },
			{ field_1: 'a', field_2: 'b', field_3: 'b' },
		],
		['{{2}} {{1}}', { field_1: 'a', field_2: 'b' }, { field_1: 'a', field_2: 'b' }],
		[
			'{{b}} {{a}} {{b}}',
			{ field_1: 'b', field_2: 'a' },
			{ field_1: 'b', field_2: 'a', field_3: 'b' },
		],
		['{{1}} {{1}}', { field_1: 'a', field_2: 'own' }, { field_1: 'a', field_2: 'a' }],
	])('repeats in %p are filled', (body_data, given, sent) => {
		const body_params_count = body_data.split('{{').length - 1;
		expect(fieldsOf(template({ body_data, body_params_count }), given)).toEqual(sent);
	});

	test('all that is missing is named at once', () => {
		const error = errorOf(() => fieldsOf(ORDER, { field_1: ' \n\u200b\u2800 ', field_2: null }));
		expect(error).toBeInstanceOf(InputError);
		expect(error).toMatchObject({
			message: 'The template "order_update" needs 4 more values',
			description:
				'Fill in what is missing or blank: Header: Order {{1}}; Body: Hello {{1}}, order {{2}} is on its way.; Body: …order {{2}} is on its way.; Button "Track": …ample.com/t/{{1}}',
		});
	});

	test('all that is too much is named at once', () => {
		const error = errorOf(() => fieldsOf(ORDER, { ...values, field_3: 'x', copy_code: 'y' }));
		expect(error).toBeInstanceOf(InputError);
		expect(error).toMatchObject({
			message: 'The template "order_update" has no variable named field_3, copy_code',
			description: expect.stringContaining(
				'It has header_field_1, field_1, field_2, button_1.',
			) as string,
		});
		expect(errorOf(() => fieldsOf(template(), { field_1: 'x' }))).toMatchObject({
			description: expect.stringContaining('It has no variables.') as string,
		});
	});

	test.each([
		['0', /The value "0" for Body: .* would arrive as a blank/],
		[0, /would arrive as a blank/],
		[' 0 ', /would arrive as a blank/],
		[{ a: 1 }, /The value for Body: .* must be text/],
		[['a'], /must be text/],
		[NaN, /The value for Body: .* contains NaN/],
		['Total: NaN', /contains NaN/],
		['Hi [object Object]', /contains \[object Object\]/],
		['🎉'.slice(0, 1), /contains half an emoji/],
		[`Cut ${'🎉'.slice(0, 1)} here`, /contains half an emoji/],
	])('%j is refused', (field_1, message) => {
		const error = errorOf(() => fieldsOf(ORDER, { ...values, field_1 }));
		expect(error).toBeInstanceOf(InputError);
		expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
	});

	const named = template({
		header_data_format: 'TEXT',
		header_data_text: 'Dear {{first_name}}',
		header_params_count: 1,
		body_data: 'Hello {{first_name}}, see you on {{ day }} at {{time}}.',
		body_params_count: 3,
	});
	const namedValues = { first_name: 'Ada', day: 'Monday', time: '9:00' };
	const byField = { header_field_1: 'Ada', field_1: 'Ada', field_2: 'Monday', field_3: '9:00' };

	test.each<[what: string, given: Record<string, unknown>, sent: Record<string, string>]>([
		['names in braces', namedValues, byField],
		[
			'among other fields of an item',
			{ ...namedValues, id: 5, email: 'a@b.example', tags: ['x'], address: { city: 'Ulm' } },
			byField,
		],
		[
			'mixed with field names',
			{ ...namedValues, field_2: 'Friday' },
			{ ...byField, field_2: 'Friday' },
		],
		['field names', byField, byField],
	])('are taken by %s', (_what, given, sent) => {
		expect(fieldsOf(named, given)).toEqual(sent);
	});

	test('a missing value is asked for by its name in braces', () => {
		expect(errorOf(() => fieldsOf(named, { ...namedValues, time: ' ' }))).toMatchObject({
			message: 'The template "order_update" needs one more value',
			description: expect.stringContaining('blank: time (Body): ') as string,
		});
	});

	test('a number in braces is no name', () => {
		expect(() => fieldsOf(template({ body_data: '{{1}}' }), { 1: 'Ada' })).toThrow(
			'needs one more value',
		);
	});

	const button = (url: string) => template({ buttons_data: [{ type: 'URL', text: 'Go', url }] });
	test.each<[url: string, value: string, sent: string]>([
		['https://shop.example/t/{{1}}', 'https://shop.example/t/a1', 'a1'],
		['https://shop.example/t/{{1}}', 'http://SHOP.example/t/a1?x=1', 'a1?x=1'],
		['https://shop.example/t/{{1}}', 'shop.example/t/a1', 'a1'],
		['https://shop.example/t/{{1}}', ' https://shop.example/t/a1\n', 'a1'],
		['https://shop.example/t/{{1}}', 'a1', 'a1'],
		['https://shop.example/t/{{1}}', '/a1', 'a1'],
		['https://shop.example/t/{{1}}', 'https://shop.example/t//a1', 'a1'],
		['https://shop.example/t{{1}}', '/a1', '/a1'],
		['https://shop.example/t/{{1}}', 'Größe 12', 'Gr%C3%B6%C3%9Fe%2012'],
		['https://shop.example/t/{{1}}', 'a%20b', 'a%20b'],
		['https://shop.example/go?to={{1}}', 'https://other.example/', 'https://other.example/'],
		['{{1}}', 'https://other.example/', 'https://other.example/'],
	])('the button %s with the value %j leads to %j', (url, value, sent) => {
		expect(fieldsOf(button(url), { button_0: value })).toEqual({ button_0: sent });
	});

	test.each(['https://other.example/t/a1', 'https://shop.example/t/', 'https://shop.example/'])(
		'the button https://shop.example/t/{{1}} does not lead to %s',
		(button_0) => {
			const error = errorOf(() => fieldsOf(button('https://shop.example/t/{{1}}'), { button_0 }));
			expect(error).toBeInstanceOf(InputError);
			expect(error).toMatchObject({
				message: expect.stringContaining('does not fit the address of the button') as string,
				description: expect.stringContaining('https://shop.example/t/…') as string,
			});
		},
	);

	const header = { header_data_format: 'TEXT', header_data_text: '{{1}}', header_params_count: 1 };
	test.each<[what: string, fields: Fields, id: string, limit: number]>([
		['a header', header, 'header_field_1', 60],
		['a body below a header', { header_data_format: 'IMAGE', body_data: '{{1}}' }, 'field_1', 1024],
		['a body above a footer', { footer_data: 'Bye', body_data: '{{1}}' }, 'field_1', 1024],
		['a body above a button', { buttons_data: '[{}]', body_data: '{{1}}' }, 'field_1', 1024],
		['a body alone', { body_data: '{{1}}' }, 'field_1', 32_768],
	])('%s takes values up to the limit of WhatsApp', (_what, fields, id, limit) => {
		const others =
			fields.header_data_format === 'IMAGE' ? { header_image_url: 'https://a.example/a.png' } : {};
		const send = (value: string) => fieldsOf(template(fields), { ...others, [id]: value });
		expect(send(`\n${'😀'.repeat(limit)} `)[id]).toContain('😀');
		expect(() => send('x'.repeat(limit + 1))).toThrow(
			`has ${(limit + 1).toLocaleString('en-US')} characters, but WhatsApp allows at most ${limit.toLocaleString('en-US')}`,
		);
	});

	test('a code has at most 15 characters, as WhatsApp takes it', () => {
		const coupon = template({ buttons_data: [{ type: 'COPY_CODE', text: 'Copy' }] });
		for (const [of, id] of [
			[coupon, 'copy_code'],
			[CODE, 'field_1'],
		] as const) {
			expect(fieldsOf(of, { [id]: 'x'.repeat(15) })).toMatchObject({ [id]: 'x'.repeat(15) });
			expect(() => fieldsOf(of, { [id]: 'x'.repeat(16) })).toThrow(
				'has 16 characters, but WhatsApp allows at most 15',
			);
		}
	});

	test('a one-time code goes wherever servers look for it', () => {
		expect(fieldsOf(CODE, { field_1: '123456' })).toEqual({
			field_1: '123456',
			button_0: '123456',
			copy_code: '123456',
		});
		expect(fieldsOf(CODE, { field_1: '123456', button_0: '123456' })).toMatchObject({
			button_0: '123456',
		});
		expect(() => fieldsOf(CODE, {})).toThrow('needs one more value');
	});

	test('a one-time code that WhatsCloud makes is not sent', () => {
		expect(fieldsOf(CODE, {}, { autoGenerateOtp: true })).toEqual({});
		expect(fieldsOf(CODE, { field_1: '123456' }, { autoGenerateOtp: true })).toEqual({});
		expect(() => fieldsOf(ORDER, {}, { autoGenerateOtp: true })).toThrow(InputError);
	});

	test('every occurrence of every marker gets its value, and no counted field stays empty', () => {
		const value = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,11}[A-Za-z0-9]$/);
		const names = fc.oneof(
			fc.integer({ min: 1, max: 6 }).map((n) => Array.from({ length: n }, (_, i) => String(i + 1))),
			fc.uniqueArray(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), { minLength: 1, maxLength: 6 }),
		);
		const order = names.chain((distinct) =>
			fc
				.array(fc.constantFrom(...distinct), { maxLength: 10 - distinct.length })
				.chain((repeats) => {
					const all = [...distinct, ...repeats];
					return fc.tuple(
						fc.shuffledSubarray(all, { minLength: all.length }),
						fc.array(value, { minLength: distinct.length, maxLength: distinct.length }),
						fc.constant(distinct),
					);
				}),
		);
		fc.assert(
			fc.property(order, ([occurrences, texts, distinct]) => {
				const meant = new Map(distinct.map((name, index) => [name, texts[index] ?? '']));
				const filled = template({
					body_data: occurrences.map((name) => `Some words {{${name}}}`).join('\n'),
					body_params_count: occurrences.length,
				});
				// As WhatsApp reads it: the number in the marker, or the place of the name's first occurrence.
				const inOrder = [...new Set(occurrences)];
				const fieldOf = (name: string) =>
					`field_${/^\d/.test(name) ? name : inOrder.indexOf(name) + 1}`;
				const given = Object.fromEntries(
					distinct.map((name) => [fieldOf(name), meant.get(name) ?? '']),
				);
				expect(variablesOf(filled).map(({ id }) => id)).toEqual(Object.keys(given).sort());
				const { fields: sent, text } = fillTemplate(filled, given);

				expect(sent).toMatchObject(given);
				const shortened = (value = '') => value.replace(/\s+/g, ' ').trim();
				expect(text).toBe(
					occurrences.map((name) => `Some words ${shortened(meant.get(name))}`).join('\n'),
				);
				expect(Object.keys(sent).sort()).toEqual(
					occurrences.map((_, index) => `field_${index + 1}`).sort(),
				);
				expect(Object.values(sent)).not.toContain('');
			}),
		);
	});

	test.each<[body: string, given: Fields, text: string]>([
		['{{2}} before {{1}}', { field_1: 'a', field_2: 'b' }, 'b before a'],
		['{{1}} {{1}} {{2}}', { field_1: 'a', field_2: 'b' }, 'a a b'],
		['Dear {{ name }}, {{day}}? {{name}}!', { name: 'Ada', day: '$&' }, 'Dear Ada, $&? Ada!'],
	])('the text of %j with %j reads %j', (body_data, given, text) => {
		const body_params_count = body_data.split('{{').length - 1;
		expect(fillTemplate(template({ body_data, body_params_count }), given).text).toBe(text);
	});
});
