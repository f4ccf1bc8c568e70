import { tokenOf } from '../../../nodes/WhatsCloud/api/credential';
import { tokenEraser } from '../../../nodes/WhatsCloud/api/http';

const token = 'apitk_0123456789abcdef';

const given: Array<[entered: unknown, sent: string]> = [
	[token, token],
	[` ${token}\n`, token],
	[`\u200b${token}\ufeff`, token],
	[`Bearer ${token}`, token],
	[`bearer  ${token}`, token],
	[`Authorization: Bearer ${token}`, token],
	['Bearer1234567', 'Bearer1234567'],
	[1234567890123456, '1234567890123456'],
	[0, '0'],
];

test.each(given)('the token entered as %j is sent as %s', (apiToken, sent) => {
	expect(tokenOf({ apiToken: apiToken as string })).toBe(sent);
});

test.each(['', '  ', '\u200b', 'Bearer', 'Bearer ', undefined, null, true, {}])(
	'%j is no token',
	(apiToken) => {
		expect(() => tokenOf({ apiToken: apiToken as string })).toThrow('has no API token');
	},
);

test.each(['two words', 'tökén', 'line\nbreak', '令牌'])('%j can be no token', (apiToken) => {
	expect(() => tokenOf({ apiToken })).toThrow("can't be right");
});

describe('an answer that repeats the token', () => {
	const erased = (apiToken: string, text: string, headers = {}) =>
		tokenEraser({ apiToken })({ status: 500, text, headers });

	test.each([
		[
			`{"message":"Unexpected header: Bearer ${token}"}`,
			'{"message":"Unexpected header: Bearer [API token]"}',
		],
		[
			`<pre>authorization: ${token}</pre> ${token}`,
			'<pre>authorization: [API token]</pre> [API token]',
		],
		['{"message":"Server Error"}', '{"message":"Server Error"}'],
	])('%s', (text, expected) => {
		expect(erased(token, text).text).toBe(expected);
	});

	test('in its headers, in an address, or with the slashes of PHP', () => {
		const odd = 'abc/def+ghi=jkl';
		const { text, headers, status } = erased(odd, '"abc\\/def+ghi=jkl"', {
			location: `https://example.com/?token=${encodeURIComponent(odd)}`,
			'x-debug': odd,
		});
		expect(text).toBe('"[API token]"');
		expect(headers).toEqual({
			location: 'https://example.com/?token=[API token]',
			'x-debug': '[API token]',
		});
		expect(status).toBe(500);
	});

	test('that is no token but a word leaves the words as they are', () => {
		expect(erased('abc', '{"name":"abc"}').text).toBe('{"name":"abc"}');
	});
});
