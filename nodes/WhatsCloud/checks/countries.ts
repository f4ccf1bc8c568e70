import { alphabetically, InputError, quoted, unicodePattern, visibleText } from './text';

interface Country {
	/** ISO 3166-1 alpha-2, and XK for Kosovo. */
	code: string;
	name: string;
	/** The server's. */
	id: number;
	/** As `contact.country`. The server repairs nothing but the case of the first letter (quirk 23). */
	sent: string;
	/** By which it is found, beside its code. */
	names: string[];
}

/** The server fails without a country, and ignores a name that it does not know (quirk 22). */
export const NO_COUNTRY = '-';

// For each country: its code, the name that the server compares with, `=` the name shown if that one is newer, `|`
// other names in use. The server's own list is not published. Its ids are the places in an alphabetical list of
// older names, and so are the places here. Six of them are known from the API. CRMs share a table with the same 250
// places. Copies of it spell six names in different ways: for these, the id stands in place of the name.
const DATA = `
AF Afghanistan; AX Aland Islands; AL Albania; DZ Algeria; AS American Samoa; AD Andorra; AO Angola; AI Anguilla;
AQ Antarctica; AG Antigua and Barbuda; AR Argentina; AM Armenia; AW Aruba; AU Australia; AT Austria;
AZ Azerbaijan; BS Bahamas; BH Bahrain; BD Bangladesh; BB Barbados; BY Belarus; BE Belgium; BZ Belize; BJ Benin;
BM Bermuda; BT Bhutan; BO Bolivia | Plurinational State of Bolivia;
BQ Bonaire, Sint Eustatius and Saba | Caribbean Netherlands; BA Bosnia and Herzegovina | Bosnia; BW Botswana;
BV Bouvet Island; BR Brazil | Brasil; IO British Indian Ocean Territory; BN Brunei | Brunei Darussalam;
BG Bulgaria; BF Burkina Faso; BI Burundi; KH Cambodia; CM Cameroon; CA Canada; CV Cape Verde | Cabo Verde;
KY Cayman Islands; CF Central African Republic; TD Chad; CL Chile; CN China | People's Republic of China;
CX Christmas Island; CC Cocos (Keeling) Islands | Cocos Islands; CO Colombia; KM Comoros;
CG Congo | Republic of the Congo | Congo-Brazzaville; CK Cook Islands; CR Costa Rica;
CI 54 = Cote d'Ivoire | Ivory Coast; HR Croatia; CU Cuba; CW Curacao; CY Cyprus; CZ Czech Republic = Czechia;
CD Democratic Republic of the Congo | DR Congo | DRC | Congo-Kinshasa; DK Denmark; DJ Djibouti; DM Dominica;
DO Dominican Republic; EC Ecuador; EG Egypt; SV El Salvador; GQ Equatorial Guinea; ER Eritrea; EE Estonia;
ET Ethiopia; FK Falkland Islands (Malvinas) | Falkland Islands; FO Faroe Islands; FJ Fiji; FI Finland;
FR France; GF French Guiana; PF French Polynesia; TF French Southern Territories; GA Gabon; GM Gambia;
GE Georgia; DE Germany | Deutschland; GH Ghana; GI Gibraltar; GR Greece; GL Greenland; GD Grenada;
GP 89 = Guadeloupe; GU Guam; GT Guatemala; GG Guernsey; GN Guinea; GW Guinea-Bissau; GY Guyana; HT Haiti;
HM Heard Island and McDonald Islands; HN Honduras; HK Hong Kong; HU Hungary; IS Iceland; IN India; ID Indonesia;
IR Iran | Islamic Republic of Iran; IQ Iraq; IE Ireland | Republic of Ireland; IM Isle of Man; IL Israel;
IT Italy; JM Jamaica; JP Japan; JE Jersey; JO Jordan; KZ Kazakhstan; KE Kenya; KI Kiribati; XK Kosovo;
KW Kuwait; KG Kyrgyzstan; LA Laos | Lao People's Democratic Republic; LV Latvia; LB Lebanon; LS Lesotho;
LR Liberia; LY Libya; LI Liechtenstein; LT Lithuania; LU Luxembourg; MO Macao | Macau;
MK Macedonia = North Macedonia; MG Madagascar; MW Malawi; MY Malaysia; MV Maldives; ML Mali; MT Malta;
MH Marshall Islands; MQ Martinique; MR Mauritania; MU Mauritius; YT Mayotte; MX Mexico;
FM Micronesia | Federated States of Micronesia; MD 144 = Moldova | Republic of Moldova; MC Monaco; MN Mongolia;
ME Montenegro; MS Montserrat; MA Morocco; MZ Mozambique; MM 151 = Myanmar | Burma | Myanmar (Burma); NA Namibia;
NR Nauru; NP Nepal; NL Netherlands | Kingdom of the Netherlands | Holland; NC New Caledonia; NZ New Zealand;
NI Nicaragua; NE Niger; NG Nigeria; NU Niue; NF Norfolk Island;
KP North Korea | Democratic People's Republic of Korea; MP Northern Mariana Islands; NO Norway; OM Oman;
PK Pakistan; PW Palau; PS Palestine | State of Palestine; PA Panama; PG Papua New Guinea; PY Paraguay; PE Peru;
PH 174 = Philippines; PN Pitcairn | Pitcairn Islands; PL Poland; PT Portugal; PR Puerto Rico; QA Qatar;
RE Reunion; RO Romania; RU Russia | Russian Federation; RW Rwanda; BL Saint Barthelemy;
SH Saint Helena | Saint Helena, Ascension and Tristan da Cunha; KN Saint Kitts and Nevis; LC Saint Lucia;
MF Saint Martin | Saint Martin (French part); PM Saint Pierre and Miquelon; VC Saint Vincent and the Grenadines;
WS Samoa; SM San Marino; ST Sao Tome and Principe; SA Saudi Arabia; SN Senegal; RS Serbia; SC Seychelles;
SL Sierra Leone; SG Singapore; SX Sint Maarten | Sint Maarten (Dutch part); SK Slovakia; SI Slovenia;
SB Solomon Islands; SO Somalia; ZA South Africa; GS South Georgia and the South Sandwich Islands;
KR South Korea | Republic of Korea | Korea; SS South Sudan; ES Spain; LK Sri Lanka; SD Sudan; SR Suriname;
SJ Svalbard and Jan Mayen; SZ Swaziland = Eswatini; SE Sweden; CH Switzerland; SY Syria | Syrian Arab Republic;
TW Taiwan | Taiwan, Province of China; TJ Tajikistan; TZ Tanzania | United Republic of Tanzania; TH Thailand;
TL 222 = Timor-Leste | East Timor; TG Togo; TK Tokelau; TO Tonga; TT Trinidad and Tobago; TN Tunisia;
TR Turkey | Turkiye; TM Turkmenistan; TC Turks and Caicos Islands; TV Tuvalu; UG Uganda; UA Ukraine;
AE United Arab Emirates | UAE;
GB United Kingdom | United Kingdom of Great Britain and Northern Ireland | UK | Great Britain | Britain | England | Scotland | Wales | Northern Ireland;
US United States | United States of America | USA | America; UM United States Minor Outlying Islands; UY Uruguay;
UZ Uzbekistan; VU Vanuatu; VA Vatican City | Holy See | Vatican;
VE Venezuela | Bolivarian Republic of Venezuela; VN Vietnam | Viet Nam; VG Virgin Islands, British;
VI Virgin Islands, US; WF Wallis and Futuna; EH Western Sahara; YE Yemen; ZM Zambia; ZW Zimbabwe
`;

/** All countries, in the order of their names. */
export const COUNTRIES: readonly Country[] = DATA.trim()
	.split(/;\s*/)
	.map(countryIn)
	.sort(alphabetically(({ name }) => name));

function countryIn(entry: string, index: number): Country {
	const [listed = '', ...others] = entry.slice(3).split(' | ');
	const [sent = '', name = sent] = listed.split(' = ');
	return { code: entry.slice(0, 2), name, id: index + 1, sent, names: [sent, name, ...others] };
}

/** The country of a code, an English name, or an id of the server. @throws InputError for what is no country */
export function countryOf(input: unknown, label: string): Pick<Country, 'id' | 'sent'> {
	const text = typeof input === 'string' || typeof input === 'number' ? visibleText(input) : '';
	// A number that the list here does not know may be known to the server.
	const id = /^0*[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
	const country = id === undefined ? countryCalled(text) : { id, sent: String(id) };
	if (country) return country;
	throw new InputError(
		`"${label}" is not a country that WhatsCloud knows`,
		`Choose one of the list, or give its English name or its code of two letters, such as Germany or DE. The value is: ${quoted(input)}`,
	);
}

const bySpelling = new Map<string, Country>();

/** The list is made at first use, not when n8n starts. */
function countryCalled(text: string): Country | undefined {
	if (bySpelling.size === 0) {
		for (const country of COUNTRIES) {
			bySpelling.set(country.code.toLowerCase(), country);
			for (const name of country.names) bySpelling.set(keyOf(name), country);
		}
	}
	return bySpelling.get(text.toLowerCase()) ?? bySpelling.get(keyOf(text));
}

/** The same for all spellings of a name: case, accents, signs, articles and the order of the words do not count. */
function keyOf(name: string): string {
	return name
		.normalize('NFD')
		.toLowerCase()
		.replace(/[\u0300-\u036f.'’‘`]/g, '')
		.split(unicodePattern(String.raw`[^\p{L}\p{M}\p{N}]+`))
		.filter((word) => !['', 'the', 'of', 'and'].includes(word))
		.map((word) => (word === 'st' ? 'saint' : word))
		.sort()
		.join(' ');
}
