import { InputError } from '../InputError';
import { alphabetically, shown, unicodePattern, visibleText } from '../text';

/** A country to choose from: ISO 3166-1 alpha-2 code (and XK for Kosovo), English short name, the server's id. */
export interface Country {
	code: string;
	name: string;
	id: number;
}

/** The server fails without a country, and ignores a name that it does not know (quirk 22). */
export const NO_COUNTRY = '-';

// Per line: alpha-2 and alpha-3 code, the name that the server compares with, `=` the name shown if
// that one is newer, `|` other names in use. The server's own list is not published. Its ids are the places
// in an alphabetical list of older names, and so are the places here. Six of them are known from the API. CRMs
// share a table with the same 250 places. Copies of it spell six names in different ways: for these, the
// id stands in place of the name.
const DATA = `
AF AFG Afghanistan
AX ALA Aland Islands
AL ALB Albania
DZ DZA Algeria
AS ASM American Samoa
AD AND Andorra
AO AGO Angola
AI AIA Anguilla
AQ ATA Antarctica
AG ATG Antigua and Barbuda
AR ARG Argentina
AM ARM Armenia
AW ABW Aruba
AU AUS Australia
AT AUT Austria
AZ AZE Azerbaijan
BS BHS Bahamas
BH BHR Bahrain
BD BGD Bangladesh
BB BRB Barbados
BY BLR Belarus
BE BEL Belgium
BZ BLZ Belize
BJ BEN Benin
BM BMU Bermuda
BT BTN Bhutan
BO BOL Bolivia | Plurinational State of Bolivia
BQ BES Bonaire, Sint Eustatius and Saba | Caribbean Netherlands
BA BIH Bosnia and Herzegovina | Bosnia
BW BWA Botswana
BV BVT Bouvet Island
BR BRA Brazil | Brasil
IO IOT British Indian Ocean Territory
BN BRN Brunei | Brunei Darussalam
BG BGR Bulgaria
BF BFA Burkina Faso
BI BDI Burundi
KH KHM Cambodia
CM CMR Cameroon
CA CAN Canada
CV CPV Cape Verde | Cabo Verde
KY CYM Cayman Islands
CF CAF Central African Republic
TD TCD Chad
CL CHL Chile
CN CHN China | People's Republic of China
CX CXR Christmas Island
CC CCK Cocos (Keeling) Islands | Cocos Islands
CO COL Colombia
KM COM Comoros
CG COG Congo | Republic of the Congo | Congo-Brazzaville
CK COK Cook Islands
CR CRI Costa Rica
CI CIV 54 = Cote d'Ivoire | Ivory Coast
HR HRV Croatia
CU CUB Cuba
CW CUW Curacao
CY CYP Cyprus
CZ CZE Czech Republic = Czechia
CD COD Democratic Republic of the Congo | DR Congo | DRC | Congo-Kinshasa
DK DNK Denmark
DJ DJI Djibouti
DM DMA Dominica
DO DOM Dominican Republic
EC ECU Ecuador
EG EGY Egypt
SV SLV El Salvador
GQ GNQ Equatorial Guinea
ER ERI Eritrea
EE EST Estonia
ET ETH Ethiopia
FK FLK Falkland Islands (Malvinas) | Falkland Islands
FO FRO Faroe Islands
FJ FJI Fiji
FI FIN Finland
FR FRA France
GF GUF French Guiana
PF PYF French Polynesia
TF ATF French Southern Territories
GA GAB Gabon
GM GMB Gambia
GE GEO Georgia
DE DEU Germany | Deutschland
GH GHA Ghana
GI GIB Gibraltar
GR GRC Greece
GL GRL Greenland
GD GRD Grenada
GP GLP 89 = Guadeloupe
GU GUM Guam
GT GTM Guatemala
GG GGY Guernsey
GN GIN Guinea
GW GNB Guinea-Bissau
GY GUY Guyana
HT HTI Haiti
HM HMD Heard Island and McDonald Islands
HN HND Honduras
HK HKG Hong Kong
HU HUN Hungary
IS ISL Iceland
IN IND India
ID IDN Indonesia
IR IRN Iran | Islamic Republic of Iran
IQ IRQ Iraq
IE IRL Ireland | Republic of Ireland
IM IMN Isle of Man
IL ISR Israel
IT ITA Italy
JM JAM Jamaica
JP JPN Japan
JE JEY Jersey
JO JOR Jordan
KZ KAZ Kazakhstan
KE KEN Kenya
KI KIR Kiribati
XK XKX Kosovo
KW KWT Kuwait
KG KGZ Kyrgyzstan
LA LAO Laos | Lao People's Democratic Republic
LV LVA Latvia
LB LBN Lebanon
LS LSO Lesotho
LR LBR Liberia
LY LBY Libya
LI LIE Liechtenstein
LT LTU Lithuania
LU LUX Luxembourg
MO MAC Macao | Macau
MK MKD Macedonia = North Macedonia
MG MDG Madagascar
MW MWI Malawi
MY MYS Malaysia
MV MDV Maldives
ML MLI Mali
MT MLT Malta
MH MHL Marshall Islands
MQ MTQ Martinique
MR MRT Mauritania
MU MUS Mauritius
YT MYT Mayotte
MX MEX Mexico
FM FSM Micronesia | Federated States of Micronesia
MD MDA 144 = Moldova | Republic of Moldova
MC MCO Monaco
MN MNG Mongolia
ME MNE Montenegro
MS MSR Montserrat
MA MAR Morocco
MZ MOZ Mozambique
MM MMR 151 = Myanmar | Burma | Myanmar (Burma)
NA NAM Namibia
NR NRU Nauru
NP NPL Nepal
NL NLD Netherlands | Kingdom of the Netherlands | Holland
NC NCL New Caledonia
NZ NZL New Zealand
NI NIC Nicaragua
NE NER Niger
NG NGA Nigeria
NU NIU Niue
NF NFK Norfolk Island
KP PRK North Korea | Democratic People's Republic of Korea
MP MNP Northern Mariana Islands
NO NOR Norway
OM OMN Oman
PK PAK Pakistan
PW PLW Palau
PS PSE Palestine | State of Palestine
PA PAN Panama
PG PNG Papua New Guinea
PY PRY Paraguay
PE PER Peru
PH PHL 174 = Philippines
PN PCN Pitcairn | Pitcairn Islands
PL POL Poland
PT PRT Portugal
PR PRI Puerto Rico
QA QAT Qatar
RE REU Reunion
RO ROU Romania
RU RUS Russia | Russian Federation
RW RWA Rwanda
BL BLM Saint Barthelemy
SH SHN Saint Helena | Saint Helena, Ascension and Tristan da Cunha
KN KNA Saint Kitts and Nevis
LC LCA Saint Lucia
MF MAF Saint Martin | Saint Martin (French part)
PM SPM Saint Pierre and Miquelon
VC VCT Saint Vincent and the Grenadines
WS WSM Samoa
SM SMR San Marino
ST STP Sao Tome and Principe
SA SAU Saudi Arabia
SN SEN Senegal
RS SRB Serbia
SC SYC Seychelles
SL SLE Sierra Leone
SG SGP Singapore
SX SXM Sint Maarten | Sint Maarten (Dutch part)
SK SVK Slovakia
SI SVN Slovenia
SB SLB Solomon Islands
SO SOM Somalia
ZA ZAF South Africa
GS SGS South Georgia and the South Sandwich Islands
KR KOR South Korea | Republic of Korea | Korea
SS SSD South Sudan
ES ESP Spain
LK LKA Sri Lanka
SD SDN Sudan
SR SUR Suriname
SJ SJM Svalbard and Jan Mayen
SZ SWZ Swaziland = Eswatini
SE SWE Sweden
CH CHE Switzerland
SY SYR Syria | Syrian Arab Republic
TW TWN Taiwan | Taiwan, Province of China
TJ TJK Tajikistan
TZ TZA Tanzania | United Republic of Tanzania
TH THA Thailand
TL TLS 222 = Timor-Leste | East Timor
TG TGO Togo
TK TKL Tokelau
TO TON Tonga
TT TTO Trinidad and Tobago
TN TUN Tunisia
TR TUR Turkey | Turkiye
TM TKM Turkmenistan
TC TCA Turks and Caicos Islands
TV TUV Tuvalu
UG UGA Uganda
UA UKR Ukraine
AE ARE United Arab Emirates | UAE
GB GBR United Kingdom | United Kingdom of Great Britain and Northern Ireland | UK | Great Britain | Britain | England | Scotland | Wales | Northern Ireland
US USA United States | United States of America | America
UM UMI United States Minor Outlying Islands
UY URY Uruguay
UZ UZB Uzbekistan
VU VUT Vanuatu
VA VAT Vatican City | Holy See | Vatican
VE VEN Venezuela | Bolivarian Republic of Venezuela
VN VNM Vietnam | Viet Nam
VG VGB Virgin Islands, British
VI VIR Virgin Islands, US
WF WLF Wallis and Futuna
EH ESH Western Sahara
YE YEM Yemen
ZM ZMB Zambia
ZW ZWE Zimbabwe
`;

interface Entry extends Country {
	/** Exactly as the server has it. It repairs nothing but the case of the first letter (quirk 23). */
	sent: string;
	codes: string[];
	names: string[];
}

const ENTRIES = DATA.trim().split('\n').map(entryOf);

/** All countries, in the order of their names. */
export const COUNTRIES: readonly Country[] = ENTRIES.map(({ code, name, id }) => ({
	code,
	name,
	id,
})).sort(alphabetically(({ name }) => name));

/**
 * What to send as `contact.country` for a country's code, its name in any language, or the server's id.
 * @throws InputError for what is no country
 */
export function countryForApi(input: unknown, label: string): string {
	return isId(input) ? String(Number(input)) : countryOf(input, label).sent;
}

/**
 * The server's id of a country, for what `countryForApi` takes.
 * @throws InputError for what is no country
 */
export function countryId(input: unknown, label: string): number {
	return isId(input) ? Number(input) : countryOf(input, label).id;
}

/** A number that the list here does not know may be known to the server. */
function isId(input: unknown): input is string | number {
	return (
		(typeof input === 'string' || typeof input === 'number') &&
		/^\s*0*[1-9]\d{0,8}\s*$/.test(String(input))
	);
}

function countryOf(input: unknown, label: string): Entry {
	const text = typeof input === 'string' ? visibleText(input) : '';
	const key = keyOf(text);
	const english = englishNames();
	const found = english.get(text.toLowerCase()) ?? english.get(key) ?? foreignNames().get(key);
	if (found) return found;
	throw new InputError(
		`"${label}" is not a country that WhatsCloud knows`,
		`Choose one of the list, or give its name or its code of two or three letters, such as Germany, Deutschland or DE. The value is: ${shown(input)}`,
	);
}

// Those that WhatsApp itself speaks, as far as they have names of countries.
const LANGUAGES =
	'af am ar az bg bn bs ca cs da de el es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo ' +
	'lt lv mk ml mn mr ms nb ne nl pa pl pt pt-PT ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zh zh-TW';

let byForeignName: Map<string, Entry | undefined> | undefined;

/** The countries by their names in other languages; a name that two countries have, in two languages, is none. */
function foreignNames(): Map<string, Entry | undefined> {
	if (byForeignName) return byForeignName;
	byForeignName = new Map();
	for (const language of LANGUAGES.split(' ')) {
		const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
		for (const entry of ENTRIES) {
			const key = keyOf(names.of(entry.code) ?? '');
			const isTaken = byForeignName.has(key) && byForeignName.get(key) !== entry;
			byForeignName.set(key, isTaken || key === '' ? undefined : entry);
		}
	}
	return byForeignName;
}

let byEnglishName: Map<string, Entry> | undefined;

/** The countries by their codes and by the names in the list above; made at first use, not when n8n starts. */
function englishNames(): Map<string, Entry> {
	byEnglishName ??= new Map(
		ENTRIES.flatMap((entry) =>
			[...entry.codes, ...entry.names.map(keyOf)].map((key) => [key, entry] as const),
		),
	);
	return byEnglishName;
}

function entryOf(line: string, index: number): Entry {
	const [names = '', ...others] = line.slice(7).split(' | ');
	const [sent = '', name = sent] = names.split(' = ');
	const codes = line.slice(0, 6).toLowerCase().split(' ');
	return {
		code: line.slice(0, 2),
		name,
		id: index + 1,
		sent,
		codes,
		names: [sent, name, ...others],
	};
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
