import type { Contact } from './records.mts';
import { seedTemplates } from './seedTemplates.mts';
import { tenantId, type Store } from './store.mts';

/**
 * `demo`: a small invented business; `young`: the same, opened when its installation had thousands of
 * others, so that the ids of statuses, sources and groups are high; `empty`: a new account.
 */
export type Seed = 'demo' | 'young' | 'empty';

/** Added to the ids below. */
const labelIdOffset = (seed: Seed) => (seed === 'young' ? 4100 : 0);

const opened = '2026-01-02T08:00:';
const at = (second: number) => {
	const time = `${opened}${String(second).padStart(2, '0')}.000000Z`;
	return { created_at: time, updated_at: time };
};

const owned = { tenant_id: tenantId };

const statuses = [
	['New', '#4CAF50'],
	['In Progress', '#2196F3'],
	['Contacted', '#FFC107'],
	['Qualified', '#9C27B0'],
	['Closed', '#607D8B'],
] as const;

const people: (Partial<Contact> & { created: string; group_id?: (number | string)[] })[] = [
	{
		firstname: 'Ada',
		lastname: 'Example',
		company: 'Example Widgets',
		email: 'ada@example.com',
		phone: '+15555550101',
		source_id: 2,
		country_id: 236,
		city: 'Springfield',
		assigned_id: 3,
		group_id: [1, 2],
		custom_fields_data: { shoe_size: '42', newsletter: 'yes' },
		created: '2026-01-05T09:30:00Z',
	},
	{ firstname: 'Bo', lastname: 'Sample', phone: '15555550102', created: '2026-01-06T11:05:12Z' },
	{
		firstname: 'Cy',
		lastname: 'Placeholder',
		type: 'customer',
		email: 'cy@example.com',
		phone: '+15555550103',
		status_id: 3,
		source_id: 2,
		group_id: [1],
		custom_fields_data: [],
		created: '2026-01-07T14:20:41Z',
	},
	{
		firstname: 'Dee',
		lastname: 'Muster',
		email: 'dee@example.com',
		phone: '+15555550104',
		status_id: 2,
		group_id: ['2'],
		created: '2026-01-08T08:15:03Z',
	},
	{
		firstname: 'Éloïse',
		lastname: 'Modèle',
		company: 'Café Exemple',
		email: 'eloise@example.com',
		phone: '+15555550105',
		status_id: 4,
		source_id: 3,
		created: '2026-01-09T16:45:30Z',
	},
	// One import: all rows of the same second, whose order is never certain (quirk 3).
	...['Fay', 'Gus', 'Hal', 'Ivy', 'Jo', 'Kim'].map((firstname, index) => ({
		firstname,
		lastname: 'Imported',
		phone: `1555555020${index}`,
		email: `${firstname.toLowerCase()}@example.com`,
		group_id: [3],
		created: '2026-01-12T10:00:00Z',
	})),
	{
		firstname: 'Max',
		lastname: 'Unreachable',
		description: 'Numbers ending in 0000 are refused by the simulated WhatsApp',
		phone: '+15555550000',
		created: '2026-01-13T12:00:00Z',
	},
	{
		firstname: 'Lou',
		lastname: 'Specimen',
		type: 'customer',
		phone: '+15555550301',
		status_id: 5,
		created: '2026-01-14T09:00:00Z',
	},
];

function seedLabels(data: Store, seed: Seed): void {
	const offset = labelIdOffset(seed);
	data.statuses.insertMany(
		statuses.map(([name, color], index) => ({
			...owned,
			id: offset + index + 1,
			name,
			color,
			isdefault: index === 0,
			...at(index),
		})),
	);
	const sources = ['facebook', 'whatsapp', ...(seed === 'empty' ? [] : ['website'])];
	data.sources.insertMany(
		sources.map((name, index) => ({ ...owned, id: offset + index + 1, name, ...at(index) })),
	);
	if (seed === 'empty') return;
	const groups = ['vip', 'newsletter', 'imported'];
	data.groups.insertMany(
		groups.map((name, index) => ({ ...owned, id: offset + index + 1, name, ...at(index) })),
	);
}

function seedBots(data: Store): void {
	data.templateBots.insert({
		...owned,
		id: 1,
		name: 'Welcome flow',
		rel_type: 'lead',
		template_id: 700000000000004n,
		header_params: '[]',
		body_params: '["{contact_first_name}"]',
		footer_params: '[]',
		filename: 'tenant/7/template-bot/example.png',
		trigger: 'hello',
		reply_type: 1,
		is_bot_active: 1,
		...at(0),
		sending_count: 4,
	});
	const plain = {
		rel_type: 'lead',
		bot_header: null,
		bot_footer: null,
		button1: null,
		button1_id: null,
		button2: null,
		button2_id: null,
		button3: null,
		button3_id: null,
		button_name: null,
		button_url: null,
		addedfrom: 3,
		filename: null,
	};
	data.messageBots.insertMany([
		{
			...{
				...owned,
				...plain,
				...at(0),
				id: 1,
				name: 'Opening hours',
				reply_text: 'We are open from 9 to 5.',
			},
			...{ reply_type: 1, trigger: 'hours', is_bot_active: true, sending_count: 0 },
		},
		{
			...{ ...owned, ...plain, ...at(1), id: 2, name: 'Catalogue', rel_type: 'customer' },
			...{ reply_text: 'What would you like to see?', bot_footer: 'Example Widgets' },
			...{ button1: 'New', button1_id: 'new', button2: 'Sale', button2_id: 'sale' },
			...{ reply_type: 2, trigger: 'catalogue', is_bot_active: false, sending_count: 12 },
		},
	]);
}

/** Fills an empty store. Everything is invented; ids are small, so that documents can name them. */
export function fillWithSeed(data: Store, seed: Seed): void {
	seedLabels(data, seed);
	if (seed === 'empty') return;
	const offset = labelIdOffset(seed);
	people.forEach(({ created, status_id = 1, source_id = 1, group_id, ...person }, index) => {
		const contact = {
			...{ ...person, id: index + 1 },
			...{ status_id: status_id + offset, source_id: source_id + offset },
			group_id:
				group_id?.map((id) => (typeof id === 'string' ? `${+id + offset}` : id + offset)) ?? null,
			...(seed === 'young' && { is_opted_out: null }),
		};
		data.insertContacts([contact], { createdAt: created });
	});
	data.templates.insertMany(
		seedTemplates().map((template, index) => ({
			...owned,
			...template,
			id: index + 1,
			...at(index),
		})),
	);
	seedBots(data);
}
