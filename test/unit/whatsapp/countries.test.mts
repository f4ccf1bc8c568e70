import { COUNTRIES, countryForApi } from '../../../nodes/WhatsCloud/whatsapp/countries';

test('every country has its own code and name, in the order of the names', () => {
	expect(COUNTRIES).toHaveLength(250);
	expect(new Set(COUNTRIES.map(({ code }) => code)).size).toBe(250);
	const names = COUNTRIES.map(({ name }) => name);
	expect(new Set(names).size).toBe(250);
	expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')));
	expect(COUNTRIES).toContainEqual({ code: 'SZ', name: 'Eswatini' });
});

test('the codes are those of ISO 3166, by the list that comes with the browser', () => {
	const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
	expect(COUNTRIES.filter(({ code }) => regions.of(code) === undefined)).toEqual([]);
});

test('the alphabetical list has the ids that are known of the server', () => {
	const sent = COUNTRIES.map(({ code }) => countryForApi(code)).sort();
	expect(
		['Brazil', 'India', 'Indonesia', 'Mexico', 'Nigeria', 'United States'].map(
			(name) => sent.indexOf(name) + 1,
		),
	).toEqual([32, 102, 103, 142, 160, 236]);
});

test.each(COUNTRIES)('$code and $name lead to the same name, in ASCII', ({ code, name }) => {
	const sent = countryForApi(code);
	expect(sent).toMatch(/^[A-Z][A-Za-z '(),-]+$/);
	expect(countryForApi(name)).toBe(sent);
	expect(countryForApi(sent)).toBe(sent);
	expect(countryForApi(` ${name.toUpperCase()} `)).toBe(sent);
	expect(countryForApi(code.toLowerCase())).toBe(sent);
});

test.each<[input: unknown, sent: string]>([
	['US', 'United States'],
	['usa', 'United States'],
	['U.S.A.', 'United States'],
	['united states', 'United States'],
	['The United States of America', 'United States'],
	['india', 'India'],
	['IND', 'India'],
	['AND', 'Andorra'],
	['Brasil', 'Brazil'],
	['México', 'Mexico'],
	['Türkiye', 'Turkey'],
	['TÜRKİYE', 'Turkey'],
	["CÔTE D'IVOIRE", "Cote d'Ivoire"],
	['Côte d’Ivoire', "Cote d'Ivoire"],
	['Ivory Coast', "Cote d'Ivoire"],
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
	['0', '-'],
	[0, '-'],
	[-5, '-'],
	[1.5, '-'],
	[NaN, '-'],
	['', '-'],
	['-', '-'],
	['   ', '-'],
	['the', '-'],
	['Atlantis', '-'],
	['United', '-'],
	['constructor', '-'],
	[null, '-'],
	[undefined, '-'],
	[true, '-'],
	[['India'], '-'],
	[{ code: 'IN' }, '-'],
])('%p is sent as %p', (input, sent) => {
	expect(countryForApi(input)).toBe(sent);
});
