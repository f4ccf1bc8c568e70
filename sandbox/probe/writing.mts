import { randomBytes } from 'node:crypto';
import {
	listIn,
	messageIn,
	namedIn,
	recordIn,
	textsIn,
	unfillableIn,
	type Row,
} from './answers.mts';
import { type Cleaning, MARK, type Made, type Resource } from './made.mts';
import { numberOfNobody } from './nobody.mts';
import type { Reading } from './reading.mts';
import type { Reply } from './wire.mts';

interface Writing extends Reading {
	cleaning: Cleaning;
	/** The name of this run's records: nobody has another one of that name. */
	name: string;
}

interface Labels {
	status: number;
	source: number;
	group: number | undefined;
}

const highestStatus = 50;

async function label(
	writing: Writing,
	resource: Resource,
	more: object = {},
): Promise<number | undefined> {
	const { wire, cleaning, findings, name } = writing;
	const body = { name, ...more };
	const made: Made = { resource, key: name };
	const reply = await cleaning.create(
		made,
		async () => await wire.ask({ method: 'POST', path: `/${resource}`, body }),
	);
	findings.fact(
		`Creating one of ${resource}: 201 with its id`,
		reply.status === 201 && made.id !== undefined,
		`HTTP ${reply.status}`,
	);
	return await (reply.status < 400 ? cleaning.idOf(made) : undefined);
}

/** The contact that the updates are tried on, or nothing where none could be made. */
async function contact(
	writing: Writing,
	{ status, source }: Labels,
): Promise<{ id: number; phone: string } | undefined> {
	const { wire, findings, cleaning, name } = writing;
	for (let index = 0; index < 5; index++) {
		const phone = numberOfNobody(index);
		const body = {
			...{
				firstname: name,
				lastname: 'Probe',
				phone,
				type: 'lead',
				email: `probe${index}@example.com`,
			},
			...{ status_id: status, source_id: source },
		};
		const made: Made = { resource: 'contacts', key: phone };
		const reply = await cleaning.create(
			made,
			async () => await wire.ask({ method: 'POST', path: '/contacts', body }),
		);
		if (namedIn(reply).includes('phone')) continue;
		findings.fact('A contact is created', reply.status === 201, `HTTP ${reply.status}`);
		if (reply.status !== 201) return undefined;
		const answer = recordIn(reply);
		findings.set('createAnswer', !answer ? 'empty' : 'is_enabled' in answer ? 'full' : 'sent');
		const id = await cleaning.idOf(made);
		return id === undefined ? undefined : { id, phone };
	}
	return undefined;
}

/** Other contacts, which must not come to be, or come to be otherwise. */
async function otherContacts(writing: Writing, { status, source }: Labels): Promise<void> {
	const { wire, findings, cleaning, name } = writing;
	const whole = { firstname: name, type: 'lead', status_id: status, source_id: source };
	const create = async (phone: string, more: object): Promise<Reply> =>
		await cleaning.create(
			{ resource: 'contacts', key: phone },
			async () =>
				await wire.ask({ method: 'POST', path: '/contacts', body: { ...whole, phone, ...more } }),
		);
	const unknown = await create(numberOfNobody(10), { lastname: 'Probe', probe_field: 'x' });
	findings.set('strictFields', unfillableIn(unknown).includes('probe_field'));
	const { status: code } = await create(numberOfNobody(11), {});
	if (code === 422) findings.set('lastnameOnCreate', 'required');
	if (code === 500) findings.set('lastnameOnCreate', 'storage');
	if (code === 201) findings.set('lastnameOnCreate', 'optional');
	delete findings.notAsked.lastnameOnCreate;
}

const isDone = ({ status }: Reply) => status === 200;

interface Updating {
	put: (more: object) => Promise<Reply>;
	current: () => Promise<Row>;
	/** What an update of the contact needs beside names and phone. */
	whole: object;
}

/** What happens to an update that leaves out type, status and source. */
async function leavingOut(
	{ findings, say }: Reading,
	{ put, current }: Updating,
	{ status, source }: Labels,
) {
	say('updates: type, Auto Lead');
	const without = await put({ type: 'lead' });
	const after = await current();
	const isKept = after['status_id'] === status && after['source_id'] === source;
	const came = unfillableIn(without).includes('assignee')
		? 'an assignee in Auto Lead refuses every update'
		: !isDone(without)
			? `HTTP ${without.status}, ${namedIn(without).join(', ')}`
			: isKept
				? 'kept'
				: 'the defaults of Auto Lead were written';
	const says = 'An update without status and source keeps them (Auto Lead off)';
	findings.fact(says, isDone(without) && isKept, came);
}

async function groupForms(
	{ findings }: Reading,
	{ put, current, whole }: Updating,
	{ group }: Labels,
) {
	const forms: [string, unknown[]][] = [
		['ids as numbers', [group]],
		['ids as texts', [String(group)]],
		['nothing', []],
	];
	for (const [form, groups] of group === undefined ? [] : forms) {
		const reply = await put({ ...whole, group_id: groups });
		const { group_id } = await current();
		const isAsSent = JSON.stringify(group_id) === JSON.stringify(groups);
		findings.fact(
			`group_id, ${form}, is stored as it is sent`,
			isDone(reply) ? isAsSent : undefined,
			isDone(reply) ? (isAsSent ? undefined : typeof group_id) : `HTTP ${reply.status}`,
		);
	}
}

/** What an update takes, keeps and refuses. */
async function updates(
	writing: Writing,
	{ id, phone }: { id: number; phone: string },
	labels: Labels,
): Promise<void> {
	const { wire, findings, say, name } = writing;
	const path = `/contacts/${id}`;
	const { status, source } = labels;
	const put = async (more: object): Promise<Reply> =>
		await wire.ask({
			...{ method: 'PUT', path },
			body: { firstname: name, lastname: 'Probe', phone, ...more },
		});
	const current = async (): Promise<Row> => recordIn(await wire.ask({ path })) ?? {};
	// An id above 50 is refused, also the contact's own.
	const ids = { source_id: source, ...(status <= highestStatus && { status_id: status }) };
	const whole = { type: 'lead', ...ids };
	const updating = { put, current, whole };

	await leavingOut(writing, updating, labels);
	findings.set('typeRequiredOnUpdate', namedIn(await put(ids)).includes('type'));
	const high = await put({ ...whole, status_id: 4_000_000 });
	findings.fact(
		'A status_id above 50 is refused',
		namedIn(high).includes('status_id'),
		`HTTP ${high.status}`,
	);

	say('updates: e-mail, groups, dates');
	if (!isDone(await put(whole))) {
		for (const name of ['emailClearable', 'groupsByName', 'datesWritable'] as const) {
			findings.notAsked[name] = 'this account refuses every update';
		}
		return;
	}
	findings.set('emailClearable', isDone(await put({ ...whole, email: null })));
	const named = await put({ ...whole, groups: name });
	findings.set('groupsByName', isDone(named) && Array.isArray((await current())['group_id']));
	const moved = await put({ ...whole, created_at: '2020-01-02 03:04:05' });
	const { created_at } = await current();
	findings.set('datesWritable', isDone(moved) && String(created_at).startsWith('2020-01-02'));
	await groupForms(writing, updating, labels);
	if (findings.switches.customFields) {
		const reply = await put({ ...whole, custom_fields_data: { probe: 'x' } });
		findings.fact('custom_fields_data can be written', isDone(reply), `HTTP ${reply.status}`);
	}
}

/** Sends that are refused for what they lack: the number is nobody's, should one go through. */
async function lackingSends({ wire, findings, say }: Reading, cleaning: Cleaning): Promise<void> {
	say('files and templates that are refused');
	const phone = numberOfNobody(12);
	const send = async (endpoint: string, body: object | FormData): Promise<Reply> =>
		await cleaning.create(
			{ resource: 'contacts', key: phone },
			async () => await wire.ask({ method: 'POST', path: `/messages/${endpoint}`, body }),
		);
	const form = new FormData();
	form.set('phone_number', phone);
	form.set('media_type', 'image');
	form.set('media_file', new Blob(['GIF89a'], { type: 'image/gif' }), 'probe.gif');
	const media = await send('media', form);
	const allowed = /allowed: ([a-z, ]+)/i.exec(messageIn(media))?.[1];
	if (allowed !== undefined) findings.set('jpg', allowed.split(', ').includes('jpg'));
	findings.fact(
		'An image that ends in gif is refused, with the endings that are taken',
		allowed !== undefined,
		`HTTP ${media.status}`,
	);

	const list = listIn(await wire.ask({ path: '/templates?per_page=100' }));
	const template = list?.rows.find(
		({ status, body_params_count }) => status === 'APPROVED' && Number(body_params_count) > 0,
	);
	if (!template) {
		findings.notAsked.templateRefusals = 'no approved template has variables';
		return;
	}
	const { template_name, language: template_language } = template;
	const reply = await send('template', { phone_number: phone, template_name, template_language });
	const [text = ''] = textsIn(reply, 'template_fields');
	findings.fact('A template without its variables is refused', text !== '', `HTTP ${reply.status}`);
	if (text !== '') {
		findings.set('templateRefusals', / is required /.test(text) ? 'worded' : 'bare');
	}
}

/** Creates, changes and deletes records of its own; what is left is the caller's to clean. */
export async function write(reading: Reading, cleaning: Cleaning): Promise<void> {
	const name = `${MARK} ${randomBytes(3).toString('hex')}`;
	const writing = { ...reading, cleaning, name };
	const { say, findings, wire } = reading;
	say('records of its own');
	const status = await label(writing, 'statuses', { color: '#808080' });
	const source = await label(writing, 'sources');
	const group = await label(writing, 'groups');
	if (status !== undefined && source !== undefined) {
		const labels = { status, source, group };
		const made = await contact(writing, labels);
		await otherContacts(writing, labels);
		if (made) {
			await updates(writing, made, labels);
			say('a label in use');
			const inUse = await wire.ask({ method: 'DELETE', path: `/sources/${source}` });
			const says = 'A source that a contact has cannot be deleted';
			findings.fact(says, inUse.status === 400, `HTTP ${inUse.status}`);
		}
	}
	await lackingSends(reading, cleaning);
}
