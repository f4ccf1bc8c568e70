import { alphabetically, InputError, shown, unicodePattern, visibleText } from './text';

/** A country to choose from. */
export interface Country {
	/** ISO 3166-1 alpha-2, and XK for Kosovo. */
	code: string;
	/** In English. */
	name: string;
	/** The server's. */
	id: number;
	/** The name exactly as the server has it: it repairs nothing but the case of the first letter (quirk 23). */
	sent: string;
	/** Codes and names by which it is found, too. */
	codes: string[];
	names: string[];
}

/** The server fails without a country, and ignores a name that it does not know (quirk 22). */
export const NO_COUNTRY = '-';

// For each country: alpha-3 code, `:` the alpha-2 code if it is not the beginning of that, the name that the
// server compares with, `=` the name shown if that one is newer, `|` other names in use. The server's own list is
// not published. Its ids are the places in an alphabetical list of older names, and so are the places here. Six of
// them are known from the API. CRMs share a table with the same 250 places. Copies of it spell six names in
// different ways: for these, the id stands in place of the name.
const DATA = `
AFG Afghanistan; ALA:AX Aland Islands; ALB Albania; DZA Algeria; ASM American Samoa; AND:AD Andorra;
AGO:AO Angola; AIA Anguilla; ATA:AQ Antarctica; ATG:AG Antigua and Barbuda; ARG Argentina; ARM:AM Armenia;
ABW:AW Aruba; AUS Australia; AUT:AT Austria; AZE Azerbaijan; BHS:BS Bahamas; BHR Bahrain; BGD:BD Bangladesh;
BRB:BB Barbados; BLR:BY Belarus; BEL Belgium; BLZ:BZ Belize; BEN:BJ Benin; BMU Bermuda; BTN Bhutan;
BOL Bolivia | Plurinational State of Bolivia; BES:BQ Bonaire, Sint Eustatius and Saba | Caribbean Netherlands;
BIH:BA Bosnia and Herzegovina | Bosnia; BWA Botswana; BVT Bouvet Island; BRA Brazil | Brasil;
IOT British Indian Ocean Territory; BRN:BN Brunei | Brunei Darussalam; BGR Bulgaria; BFA Burkina Faso;
BDI:BI Burundi; KHM Cambodia; CMR Cameroon; CAN Canada; CPV:CV Cape Verde | Cabo Verde; CYM:KY Cayman Islands;
CAF:CF Central African Republic; TCD:TD Chad; CHL:CL Chile; CHN:CN China | People's Republic of China;
CXR Christmas Island; CCK Cocos (Keeling) Islands | Cocos Islands; COL Colombia; COM:KM Comoros;
COG:CG Congo | Republic of the Congo | Congo-Brazzaville; COK:CK Cook Islands; CRI Costa Rica;
CIV 54 = Cote d'Ivoire | Ivory Coast; HRV Croatia; CUB Cuba; CUW:CW Curacao; CYP Cyprus;
CZE Czech Republic = Czechia; COD:CD Democratic Republic of the Congo | DR Congo | DRC | Congo-Kinshasa;
DNK:DK Denmark; DJI Djibouti; DMA Dominica; DOM Dominican Republic; ECU Ecuador; EGY Egypt;
SLV:SV El Salvador; GNQ:GQ Equatorial Guinea; ERI Eritrea; EST:EE Estonia; ETH Ethiopia;
FLK:FK Falkland Islands (Malvinas) | Falkland Islands; FRO:FO Faroe Islands; FJI Fiji; FIN Finland;
FRA France; GUF:GF French Guiana; PYF:PF French Polynesia; ATF:TF French Southern Territories; GAB Gabon;
GMB Gambia; GEO Georgia; DEU Germany | Deutschland; GHA Ghana; GIB Gibraltar; GRC Greece; GRL:GL Greenland;
GRD:GD Grenada; GLP:GP 89 = Guadeloupe; GUM Guam; GTM Guatemala; GGY Guernsey; GIN:GN Guinea;
GNB:GW Guinea-Bissau; GUY:GY Guyana; HTI Haiti; HMD Heard Island and McDonald Islands; HND Honduras;
HKG Hong Kong; HUN Hungary; ISL Iceland; IND India; IDN Indonesia; IRN Iran | Islamic Republic of Iran;
IRQ:IQ Iraq; IRL:IE Ireland | Republic of Ireland; IMN Isle of Man; ISR:IL Israel; ITA Italy; JAM:JM Jamaica;
JPN Japan; JEY Jersey; JOR Jordan; KAZ:KZ Kazakhstan; KEN Kenya; KIR Kiribati; XKX Kosovo; KWT Kuwait;
KGZ Kyrgyzstan; LAO Laos | Lao People's Democratic Republic; LVA Latvia; LBN Lebanon; LSO Lesotho;
LBR:LR Liberia; LBY:LY Libya; LIE Liechtenstein; LTU Lithuania; LUX Luxembourg; MAC:MO Macao | Macau;
MKD Macedonia = North Macedonia; MDG:MG Madagascar; MWI Malawi; MYS Malaysia; MDV:MV Maldives; MLI Mali;
MLT:MT Malta; MHL Marshall Islands; MTQ:MQ Martinique; MRT Mauritania; MUS Mauritius; MYT:YT Mayotte;
MEX:MX Mexico; FSM:FM Micronesia | Federated States of Micronesia; MDA 144 = Moldova | Republic of Moldova;
MCO Monaco; MNG Mongolia; MNE:ME Montenegro; MSR Montserrat; MAR Morocco; MOZ:MZ Mozambique;
MMR 151 = Myanmar | Burma | Myanmar (Burma); NAM Namibia; NRU Nauru; NPL Nepal;
NLD Netherlands | Kingdom of the Netherlands | Holland; NCL New Caledonia; NZL New Zealand; NIC Nicaragua;
NER Niger; NGA Nigeria; NIU:NU Niue; NFK Norfolk Island;
PRK:KP North Korea | Democratic People's Republic of Korea; MNP:MP Northern Mariana Islands; NOR Norway;
OMN Oman; PAK:PK Pakistan; PLW:PW Palau; PSE Palestine | State of Palestine; PAN Panama;
PNG:PG Papua New Guinea; PRY:PY Paraguay; PER Peru; PHL 174 = Philippines; PCN:PN Pitcairn | Pitcairn Islands;
POL:PL Poland; PRT:PT Portugal; PRI Puerto Rico; QAT Qatar; REU Reunion; ROU Romania;
RUS Russia | Russian Federation; RWA Rwanda; BLM Saint Barthelemy;
SHN Saint Helena | Saint Helena, Ascension and Tristan da Cunha; KNA Saint Kitts and Nevis; LCA Saint Lucia;
MAF:MF Saint Martin | Saint Martin (French part); SPM:PM Saint Pierre and Miquelon;
VCT Saint Vincent and the Grenadines; WSM Samoa; SMR San Marino; STP Sao Tome and Principe; SAU Saudi Arabia;
SEN:SN Senegal; SRB:RS Serbia; SYC:SC Seychelles; SLE Sierra Leone; SGP Singapore;
SXM Sint Maarten | Sint Maarten (Dutch part); SVK:SK Slovakia; SVN:SI Slovenia; SLB:SB Solomon Islands;
SOM Somalia; ZAF South Africa; SGS:GS South Georgia and the South Sandwich Islands;
KOR:KR South Korea | Republic of Korea | Korea; SSD South Sudan; ESP Spain; LKA Sri Lanka; SDN Sudan;
SUR:SR Suriname; SJM Svalbard and Jan Mayen; SWZ:SZ Swaziland = Eswatini; SWE:SE Sweden; CHE Switzerland;
SYR Syria | Syrian Arab Republic; TWN Taiwan | Taiwan, Province of China; TJK Tajikistan;
TZA Tanzania | United Republic of Tanzania; THA Thailand; TLS 222 = Timor-Leste | East Timor; TGO Togo;
TKL Tokelau; TON Tonga; TTO Trinidad and Tobago; TUN:TN Tunisia; TUR:TR Turkey | Turkiye; TKM:TM Turkmenistan;
TCA Turks and Caicos Islands; TUV:TV Tuvalu; UGA Uganda; UKR:UA Ukraine; ARE:AE United Arab Emirates | UAE;
GBR United Kingdom | United Kingdom of Great Britain and Northern Ireland | UK | Great Britain | Britain | England | Scotland | Wales | Northern Ireland;
USA United States | United States of America | America; UMI United States Minor Outlying Islands;
URY:UY Uruguay; UZB Uzbekistan; VUT Vanuatu; VAT Vatican City | Holy See | Vatican;
VEN Venezuela | Bolivarian Republic of Venezuela; VNM Vietnam | Viet Nam; VGB Virgin Islands, British;
VIR Virgin Islands, US; WLF:WF Wallis and Futuna; ESH:EH Western Sahara; YEM Yemen; ZMB Zambia; ZWE Zimbabwe;
`;

/** All countries, in the order of their names. */
export const COUNTRIES: readonly Country[] = DATA.trim()
	.split(/;\s*/)
	.filter(Boolean)
	.map(countryIn)
	.sort(alphabetically(({ name }) => name));

function countryIn(entry: string, index: number): Country {
	const endOfCodes = entry.indexOf(' ');
	const [alpha3 = '', code = alpha3.slice(0, 2)] = entry.slice(0, endOfCodes).split(':');
	const [listed = '', ...others] = entry.slice(endOfCodes + 1).split(' | ');
	const [sent = '', name = sent] = listed.split(' = ');
	return { code, name, id: index + 1, sent, codes: [code, alpha3], names: [sent, name, ...others] };
}

/**
 * What to send as `contact.country` for a country's code, its English name, or the server's id.
 * @throws InputError for what is no country
 */
export function countryForApi(input: unknown, label: string): string {
	return countryOf(input, label).sent;
}

/** The server's id of a country, for what `countryForApi` takes. */
export function countryId(input: unknown, label: string): number {
	return countryOf(input, label).id;
}

function countryOf(input: unknown, label: string): Pick<Country, 'id' | 'sent'> {
	const text = typeof input === 'string' || typeof input === 'number' ? visibleText(input) : '';
	// A number that the list here does not know may be known to the server.
	const id = /^0*[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
	const country = id === undefined ? countryCalled(text) : { id, sent: String(id) };
	if (country) return country;
	throw new InputError(
		`"${label}" is not a country that WhatsCloud knows`,
		`Choose one of the list, or give its English name or its code of two or three letters, such as Germany or DE. The value is: ${shown(input)}`,
	);
}

const bySpelling = new Map<string, Country>();

/** The list is made at first use, not when n8n starts. */
function countryCalled(text: string): Country | undefined {
	if (bySpelling.size === 0) {
		for (const country of COUNTRIES) {
			for (const code of country.codes) bySpelling.set(code.toLowerCase(), country);
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
