import { Trouble } from './account.mts';
import {
	abilityIn,
	isObject,
	isRawKey,
	listIn,
	messageIn,
	namedIn,
	recordIn,
	textsIn,
	type List,
	type Row,
} from './answers.mts';
import type { Findings } from './findings.mts';
import { numberOfNobody } from './nobody.mts';
import { troubleIn } from './trouble.mts';
import type { Reply, Wire } from './wire.mts';

const noSuchId = 999_999_999;
const pageSize = 100;
/** How often the order of rows of one second is looked at. */
const readings = 4;

interface Seen {
	contacts: List | undefined;
	contact: Row | undefined;
}

export interface Reading {
	wire: Wire;
	findings: Findings;
	/** Says what is being asked. */
	say: (what: string) => void;
}

const described = ({ status, body, headers }: Reply) => {
	const type =
		body === undefined ? (headers.get('content-type')?.split(';')[0] ?? 'no type') : 'JSON';
	return `HTTP ${status}, ${type}`;
};

const keysOf = (row: Row | undefined) => Object.keys(row ?? {}).sort();

/** The keys that all generations have. */
const contactKeys =
	'id tenant_id firstname lastname company type description country_id zip city state address assigned_id status_id source_id email website phone is_enabled addedfrom dateassigned last_status_change group_id created_at updated_at';

/** Access and refusals: what is answered before any handler. */
async function access({ wire, findings, say }: Reading): Promise<Reply> {
	say('how it refuses');
	const { baseUrl } = wire.account;
	const first = await wire.ask({ path: '/contacts?per_page=1' });
	const trouble = troubleIn(first);
	if (trouble) throw trouble;
	findings.fact('The answer has a Date header', first.headers.has('date'));
	const limits = [...first.headers.keys()].filter((name) => /ratelimit|retry-after/.test(name));
	findings.fact('No header tells of a rate limit', limits.length === 0, limits.join(', '));

	const none = await wire.ask({ path: '/contacts', token: 'none' });
	findings.fact('Without a token: 401', none.status === 401, described(none));
	const wrong = await wire.ask({ path: '/contacts', token: 'wrong' });
	findings.fact('With a wrong token: 401', wrong.status === 401, described(wrong));

	const nobody = await wire.ask({ url: `${baseUrl}no-such-account-here/contacts` });
	const { status, body } = nobody;
	const isKnown = isObject(body) && body['errors'] === 'Invalid tenant subdomain';
	if (status === 500 || status === 400) findings.set('tenantErrorStatus', status);
	findings.fact('An unknown subdomain: 500 or 400, "errors" is a text', isKnown, described(nobody));

	const path = await wire.ask({ path: '/no-such-path' });
	const isFramework = path.status === 404 && /could not be found/.test(messageIn(path));
	findings.fact("An unknown path: the framework's 404", isFramework, described(path));

	if (/\/api\/v1\/$/.test(baseUrl)) {
		const url = baseUrl.replace(/v1\/$/, 'v2/account');
		const second = await wire.ask({ url, token: 'none' });
		const error = isObject(second.body) ? second.body['error'] : undefined;
		findings.set('v2', second.status === 401 && isObject(error) && 'code' in error);
	} else findings.notAsked.v2 = 'the base URL does not end in /api/v1/';

	if (baseUrl.startsWith('https://')) {
		// Without the token, which nobody on the way may read.
		const url = baseUrl.replace('https:', 'http:');
		const plain = await wire.ask({ url, token: 'none' }).catch((error: unknown) => {
			if (error instanceof Trouble) return undefined;
			throw error;
		});
		const isSentOn = plain === undefined || (plain.status >= 300 && plain.status < 400);
		const came = plain ? `HTTP ${plain.status}` : 'no answer';
		findings.fact('http leads to https, or nowhere', isSentOn, came);
	}
	return first;
}

const idsOf = ({ rows }: List) => rows.map((row) => String(row['id']));

/** Whether the rows that both have come in the same order: others may have come or gone meanwhile. */
function isSameOrder(a: List, b: List): boolean {
	const [ofA, ofB] = [new Set(idsOf(a)), new Set(idsOf(b))];
	const [fromA, fromB] = [
		idsOf(a).filter((id) => ofB.has(id)),
		idsOf(b).filter((id) => ofA.has(id)),
	];
	return fromA.join() === fromB.join();
}

/** The rows of those seconds in which more than one was made. */
function tiesIn({ rows }: List): number {
	const perSecond = new Map<unknown, number>();
	for (const { created_at } of rows)
		perSecond.set(created_at, (perSecond.get(created_at) ?? 0) + 1);
	return [...perSecond.values()]
		.filter((count) => count > 1)
		.reduce((sum, count) => sum + count, 0);
}

function pageLimit(findings: Findings, reply: Reply, list: List | undefined): void {
	if (reply.status === 422) {
		findings.set('pageSizeLimit', { max: pageSize, above: 'refuse' });
		return;
	}
	if (!list) return;
	const { perPage, total, rows } = list;
	const effective = perPage ?? (Number(total) > pageSize ? rows.length : undefined);
	if (effective === undefined) {
		findings.notAsked.pageSizeLimit = 'too few contacts to see it';
	} else if (effective > pageSize) findings.set('pageSizeLimit', null);
	else findings.set('pageSizeLimit', { max: effective, above: 'clamp' });
}

/** Lists: shape, size, order, filters. */
async function lists({ wire, findings, say }: Reading, ofOne: List | undefined): Promise<Seen> {
	say('the list of contacts');
	const ask = async (query: string) => await wire.ask({ path: `/contacts?${query}` });
	const firstReply = await ask(`per_page=${pageSize}`);
	const ability = abilityIn(firstReply);
	findings.fact('The token may read contacts', ability === undefined, described(firstReply));
	const contacts = listIn(firstReply);
	if (!contacts) return { contacts, contact: undefined };
	findings.set('listShape', contacts.shape);
	findings.counts['contacts'] = contacts.total ?? contacts.rows.length;

	say('page sizes and order');
	const larger = await ask(`per_page=${pageSize + 1}`);
	const largerList = listIn(larger);
	pageLimit(findings, larger, largerList);
	if (tiesIn(contacts) < 2) findings.notAsked.stableOrder = 'no two contacts of one second';
	else {
		let isStable = true;
		for (let reading = 1; reading < readings && isStable; reading++) {
			const again = listIn(await ask(`per_page=${pageSize}`));
			isStable = again === undefined || isSameOrder(again, contacts);
		}
		findings.set('stableOrder', isStable);
	}

	const times = contacts.rows.map((row) => String(row['created_at']));
	const isSorted = times.every((time, index) => index === 0 || time <= String(times[index - 1]));
	findings.fact('The newest contacts come first', times.length > 1 ? isSorted : undefined);
	findings.fact(
		'Times are in UTC, with microseconds',
		times.length > 0
			? times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time))
			: undefined,
	);
	const serverTime = Date.parse(firstReply.headers.get('date') ?? '');
	const [newest = ''] = times;
	findings.fact(
		'No contact is newer than the time of the server',
		Number.isNaN(serverTime) || newest === '' ? undefined : Date.parse(newest) <= serverTime + 1000,
	);

	say('pages and filters');
	const beyond = listIn(await ask('per_page=1&page=1000000'));
	findings.fact('A page beyond the end is empty', beyond?.rows.length === 0);
	const next = ofOne?.page['next_page_url'];
	findings.fact(
		'The address of the next page forgets per_page',
		typeof next === 'string' ? !next.includes('per_page') : undefined,
		typeof next === 'string' ? undefined : 'there is one page only',
	);
	const filtered = listIn(await ask(`per_page=1&status_id=${noSuchId}`));
	if (contacts.rows.length === 0 || !filtered) {
		findings.notAsked.contactFiltersApplied = 'the account has no contacts';
	} else findings.set('contactFiltersApplied', filtered.rows.length === 0);

	const missing = await wire.ask({ path: `/contacts/${noSuchId}` });
	if (missing.status === 404) findings.set('missingContact', 404);
	if (missing.status === 200 && !recordIn(missing)?.['id']) findings.set('missingContact', 200);
	return { contacts, contact: contacts.rows[0] };
}

const anyOf = (rows: Row[], key: string) => rows.find((row) => row[key] !== undefined)?.[key];

function phoneForms(findings: Findings, rows: Row[]): void {
	const forms: [string, RegExp][] = [
		['phones with + and digits', /^\+\d+$/],
		['phones of digits only', /^[1-9]\d*$/],
		['phones that begin with 00', /^00\d+$/],
	];
	const form = (phone: unknown) =>
		forms.find(([, pattern]) => pattern.test(String(phone)))?.[0] ?? 'phones written otherwise';
	for (const { phone } of rows) {
		findings.counts[form(phone)] = (findings.counts[form(phone)] ?? 0) + 1;
	}
}

function groupForms(findings: Findings, rows: Row[]): void {
	for (const { group_id: groups } of rows) {
		const form = Array.isArray(groups)
			? `group_id: array of ${groups.length === 0 ? 'nothing' : typeof groups[0]}`
			: `group_id: ${groups === null ? 'null' : typeof groups}`;
		findings.counts[form] = (findings.counts[form] ?? 0) + 1;
	}
}

/** What a contact shows. */
async function contactRecord({ wire, findings, say }: Reading, seen: Seen): Promise<void> {
	say('what a contact shows');
	const { contact } = seen;
	if (!contact) {
		for (const name of ['customFields', 'optOut', 'facebookPsid'] as const) {
			findings.notAsked[name] = 'the account has no contacts';
		}
		return;
	}
	const rows = seen.contacts?.rows ?? [];
	const path = `/contacts/${String(contact['id'])}`;
	const record = recordIn(await wire.ask({ path })) ?? {};
	findings.set('customFields', 'custom_fields_data' in record);
	findings.set('optOut', 'is_opted_out' in record);
	if ('facebook_psid' in record) findings.set('facebookPsid', true);
	else findings.notAsked.facebookPsid = 'only accounts older than the column have it';
	findings.set('booleansAsNumbers', typeof record['is_enabled'] === 'number');
	const known = contactKeys.split(' ');
	const lacks = known.filter((key) => !(key in record));
	findings.fact(
		'A contact has the 25 keys that all versions have',
		lacks.length === 0,
		lacks.join(', '),
	);
	const more = keysOf(record).filter((key) => !known.includes(key));
	const explained = /^(custom_fields_data|is_opted_out|opted_out_date|facebook_psid)$/;
	const strange = more.filter((key) => !explained.test(key));
	findings.fact('and no others than a known version', strange.length === 0, strange.join(', '));
	const loose = recordIn(await wire.ask({ path: `${path}abc` }));
	findings.fact('An id with letters behind it finds the contact', loose?.['id'] === record['id']);
	phoneForms(findings, rows);
	groupForms(findings, rows);
	const types = [...new Set(rows.map(({ type }) => String(type)))].sort();
	const isKnown = types.every((type) => ['lead', 'customer', 'guest'].includes(type));
	findings.fact(
		'Contacts are leads, customers or guests',
		isKnown,
		isKnown ? types.join(', ') : 'others',
	);
}

async function otherRecords({ wire, findings, say }: Reading): Promise<void> {
	say('statuses, sources, groups');
	const rowsOf = async (resource: string) => {
		const reply = await wire.ask({ path: `/${resource}?per_page=${pageSize}` });
		const list = listIn(reply);
		findings.counts[resource] = list?.total ?? list?.rows.length ?? 0;
		findings.fact(
			`The token may read ${resource}`,
			abilityIn(reply) === undefined,
			described(reply),
		);
		return { rows: list?.rows ?? [], text: reply.text };
	};
	const statuses = await rowsOf('statuses');
	const high = statuses.rows.filter(({ id }) => Number(id) > 50).length;
	findings.counts['statuses with an id above 50'] = high;
	await rowsOf('sources');
	await rowsOf('groups');
	const missing = messageIn(await wire.ask({ path: `/statuses/${noSuchId}` }));
	if (missing !== '') findings.set('currentTenantInApi', !isRawKey(missing));
	const language = isRawKey(missing)
		? 'a raw key'
		: missing === 'Status not found'
			? 'English'
			: 'another language';
	findings.fact(
		'A missing status is told in English or as a raw key',
		language !== 'another language',
		language,
	);

	say('templates and bots');
	const templates = await rowsOf('templates');
	const [template] = templates.rows;
	if (template) {
		findings.set('templateIdAsText', typeof template['template_id'] === 'string');
		findings.set('templateCards', 'cards_json' in template);
		const ids = [...templates.text.matchAll(/"template_id":"?(\d+)/g)].map(
			([, id = '']) => id.length,
		);
		findings.counts['digits of the longest template_id'] = Math.max(0, ...ids);
		const approved = templates.rows.filter(({ status }) => status === 'APPROVED').length;
		findings.counts['templates that are approved'] = approved;
	} else {
		findings.notAsked.templateIdAsText = 'the account has no templates';
		findings.notAsked.templateCards = 'the account has no templates';
	}
	const templateBots = await rowsOf('templatebots');
	const messageBots = await rowsOf('messagebots');
	const bots = [...templateBots.rows, ...messageBots.rows];
	if (bots.length === 0) findings.notAsked.botMedia = 'the account has no bots';
	else {
		const media = ['whatsapp_media_ids', 'whatsapp_media_id'];
		findings.set(
			'botMedia',
			media.some((key) => bots.some((bot) => key in bot)),
		);
	}
	const active = anyOf(templateBots.rows, 'is_bot_active');
	findings.fact(
		'A template bot is active with 1 or 0',
		active === undefined ? undefined : typeof active === 'number',
	);
}

/** Requests that no server can carry out; what they are refused for tells how it checks. */
async function impossibleWrites({ wire, findings, say }: Reading, seen: Seen): Promise<void> {
	say('refusals of contacts that cannot be');
	const post = async (body: object) => await wire.ask({ method: 'POST', path: '/contacts', body });
	const ids = { status_id: 'x', source_id: 'x', email: 'no address' };
	const phone = seen.contacts?.rows
		.map((row) => row['phone'])
		.find((text) => typeof text === 'string');
	const free = await post({ ...ids, phone: numberOfNobody(0), type: 'guest' });
	if (abilityIn(free)) {
		findings.notAsked.idsFirst = 'the token may not create contacts';
		return;
	}
	const named = namedIn(free);
	findings.fact(
		'A contact that cannot be is refused, and nothing is written',
		free.status === 422,
		described(free),
	);
	findings.fact(
		'The refusal names all fields at once',
		named.length >= 4,
		`${named.length} fields`,
	);
	findings.fact('It does not name a phone that nobody has', !named.includes('phone'));
	const taken = phone === undefined ? undefined : await post({ ...ids, phone, type: 'customer' });
	findings.fact(
		'It names a phone that is taken',
		taken && namedIn(taken).includes('phone'),
		taken ? undefined : 'the account has no contacts',
	);
	const lacksLastname = named.includes('lastname');
	if (lacksLastname) findings.set('lastnameOnCreate', 'required');
	else findings.notAsked.lastnameOnCreate = 'only a write can tell';
	const takesGuests = !named.includes('type');
	const takesCustomers = taken ? !namedIn(taken).includes('type') : takesGuests;
	if (taken ?? takesGuests) {
		const both = takesGuests ? 'leadCustomerGuest' : 'leadCustomer';
		findings.set('contactTypes', takesCustomers ? both : 'leadOnly');
	}

	const bare = await post({ phone: numberOfNobody(0) });
	const fields = namedIn(bare);
	const isAlone = fields.length === 1 && /^(status|source)_id$/.test(fields[0] ?? '');
	// Auto Lead has filled in a status, perhaps one that is there no more.
	const isFilled = fields.includes('firstname') && textsIn(bare, 'status_id').every(isRawKey);
	findings.set('idsFirst', isAlone || isFilled);
	if (isAlone || isFilled) findings.counts['Auto Lead is on'] = Number(isFilled);

	say('refusals of messages that cannot be');
	const send = async (endpoint: string, body: object) =>
		await wire.ask({ method: 'POST', path: `/messages/${endpoint}`, body });
	const text = await send('send', { contact: null });
	const mayNot = abilityIn(text);
	findings.fact('The token may send messages', mayNot === undefined, described(text));
	if (mayNot) return;
	findings.set('nullsInSends', !namedIn(text).includes('contact'));
	const contact = { first_name: 5, firstname: 5 };
	const template = namedIn(await send('template', { auto_generate_otp: 'maybe', contact }));
	findings.set('otp', template.includes('auto_generate_otp'));
	const later = template.includes('contact.firstname');
	findings.set('contactInSends', later ? 'firstname' : 'first_name');
}

/** Everything that can be seen without writing or sending anything. */
export async function read(reading: Reading): Promise<void> {
	const first = await access(reading);
	const seen = await lists(reading, listIn(first));
	await contactRecord(reading, seen);
	await otherRecords(reading);
	await impossibleWrites(reading, seen);
}
