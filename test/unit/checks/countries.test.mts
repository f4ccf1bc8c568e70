import { COUNTRIES, countryOf } from '../../../nodes/WhatsCloud/checks/countries';

test('every country has its own code and name, in the order of the names', () => {
	expect(COUNTRIES).toHaveLength(250);
	expect(new Set(COUNTRIES.map(({ code }) => code)).size).toBe(250);
	const names = COUNTRIES.map(({ name }) => name);
	expect(new Set(names).size).toBe(250);
	expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')));
	expect(COUNTRIES).toContainEqual(
		expect.objectContaining({ code: 'SZ', name: 'Eswatini', id: 214 }),
	);
});

test('the codes are those of ISO 3166, by the list that comes with the browser', () => {
	const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
	expect(COUNTRIES.filter(({ code }) => regions.of(code) === undefined)).toEqual([]);
});

const sentFor = (input: unknown) => countryOf(input, 'Country').sent;

test.each([
	['Brazil', 32],
	['India', 102],
	['Indonesia', 103],
	['Mexico', 142],
	['Nigeria', 160],
	['United States', 236],
])('%s has the id %i, as is known of the server', (name, id) => {
	expect(countryOf(name, 'Country').id).toBe(id);
});

test('every country has its own id', () => {
	expect(new Set(COUNTRIES.map(({ id }) => id)).size).toBe(250);
	expect(COUNTRIES.toSorted((a, b) => a.id - b.id).map(({ id }) => id)).toEqual(
		Array.from({ length: 250 }, (_, index) => index + 1),
	);
});

test.each(COUNTRIES)('$code and $name lead to the same country', ({ code, name, id }) => {
	const sent = sentFor(code);
	expect(sent).toMatch(/^(?:[A-Z][A-Za-z '(),-]+|\d+)$/);
	for (const spelling of [name, sent, ` ${name.toUpperCase()}\u200b `, code.toLowerCase(), id]) {
		expect(countryOf(spelling, 'Country').id).toBe(id);
	}
	expect(sentFor(name)).toBe(sent);
	expect(sentFor(` ${name.toUpperCase()} `)).toBe(sent);
});

test.each<[input: unknown, sent: string]>([
	['US', 'United States'],
	['usa', 'United States'],
	['U.S.A.', 'United States'],
	['united states', 'United States'],
	['The United States of America', 'United States'],
	['india', 'India'],
	['USA', 'United States'],
	['Brasil', 'Brazil'],
	['México', 'Mexico'],
	['Türkiye', 'Turkey'],
	['TÜRKİYE', 'Turkey'],
	["CÔTE D'IVOIRE", '54'],
	['Côte d’Ivoire', '54'],
	['Ivory Coast', '54'],
	['Curaçao', 'Curacao'],
	['Åland Islands', 'Aland Islands'],
	['Trinidad & Tobago', 'Trinidad and Tobago'],
	['St. Lucia', 'Saint Lucia'],
	['Guinea Bissau', 'Guinea-Bissau'],
	['Guinea', 'Guinea'],
	['Niger', 'Niger'],
	['Dominica', 'Dominica'],
	['Korea, Republic of', 'South Korea'],
	["Korea (the Democratic People's Republic of)", 'North Korea'],
	['Congo (the Democratic Republic of the)', 'Democratic Republic of the Congo'],
	['Congo', 'Congo'],
	['Bolivia (Plurinational State of)', 'Bolivia'],
	['Tanzania, United Republic of', 'Tanzania'],
	['U.S. Virgin Islands', 'Virgin Islands, US'],
	['Virgin Islands (British)', 'Virgin Islands, British'],
	['UK', 'United Kingdom'],
	['United  Kingdom', 'United Kingdom'],
	['Viet Nam', 'Vietnam'],
	['Czechia', 'Czech Republic'],
	['North Macedonia', 'Macedonia'],
	['102', '102'],
	[' 102 ', '102'],
	[102, '102'],
	['0102', '102'],
	['Deutschland', 'Germany'],
	['England', 'United Kingdom'],
	['Scotland', 'United Kingdom'],
	['Philippines', '174'],
])('%p is sent as %p', (input, sent) => {
	expect(sentFor(input)).toBe(sent);
});

test.each<[input: unknown]>([
	['0'],
	[0],
	[-5],
	[1.5],
	[NaN],
	[''],
	['-'],
	['   '],
	['the'],
	['Atlantis'],
	['United'],
	['Kongo'],
	['भारत'],
	['constructor'],
	[null],
	[undefined],
	[true],
	[['India']],
	[{ code: 'IN' }],
])('%p is refused by name', (input) => {
	expect(() => countryOf(input, 'Country')).toThrow(
		'"Country" is not a country that WhatsCloud knows',
	);
});
