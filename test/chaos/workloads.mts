import { count } from './account.mts';
import { pageFaults } from './faultMix.mts';
import { arm, carryOut, itemOf, nextSettings, type Plan, runPlan, type Stage } from './stage.mts';

export async function sendSome(stage: Stage): Promise<void> {
	const { itemsPerRun, sandbox, random, result } = stage;
	const name = `send ${result.runs}`;
	const numbers = 1 + Math.floor(random() * itemsPerRun);
	sandbox.reset();
	const phones = Array.from({ length: numbers }, (_, index) => phoneOf(index));
	sandbox.data.insertContacts(phones.map((phone) => ({ phone })));
	const items = Array.from({ length: itemsPerRun }, (_, index) => ({
		json: { to: phones[index % numbers], text: `${name}, item ${index}` },
	}));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'message',
			operation: 'sendText',
			phoneNumber: '={{ $json.to }}',
			// Another text at each try, as with a code or the time.
			text: random() < 0.5 ? '={{ $json.text }}' : '={{ $json.text }}{{ " | " + Math.random() }}',
		},
		items,
		settings: nextSettings(stage),
	});
	const standing = countBy(sandbox.messages.map(({ text }) => String(text).split(' | ')[0] ?? ''));
	states.forEach((state, index) => {
		const key = String(items[index]?.json.text);
		count(result.sends, { ...state, key, stands: standing.get(key) ?? 0 });
	});
}

const phoneOf = (index: number) => `1555510${String(index + 1).padStart(4, '0')}`;

export async function createSome(stage: Stage): Promise<void> {
	const { itemsPerRun, sandbox, result } = stage;
	const name = `create ${result.runs}`;
	sandbox.reset();
	const items = Array.from({ length: itemsPerRun }, (_, index) => ({
		json: { phone: phoneOf(index), first: `First ${index}` },
	}));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'create',
			firstName: '={{ $json.first }}{{ Math.random() }}',
			lastName: name,
			phone: '={{ $json.phone }}',
			statusId: { __rl: true, mode: 'id', value: '1' },
			sourceId: { __rl: true, mode: 'id', value: '1' },
		},
		items,
		settings: nextSettings(stage),
	});
	const standing = countBy(sandbox.data.contacts.all().map(({ phone }) => String(phone)));
	states.forEach((state, index) => {
		const key = `${name}, item ${index}`;
		count(result.others, { ...state, key, stands: standing.get(phoneOf(index)) ?? 0 });
	});
}

export async function updateSome(stage: Stage): Promise<void> {
	const { itemsPerRun, sandbox, result } = stage;
	const name = `update ${result.runs}`;
	sandbox.reset();
	const contacts = sandbox.data.insertContacts(
		Array.from({ length: itemsPerRun }, (_, index) => ({ phone: phoneOf(index) })),
	);
	const items = contacts.map(({ id }, index) => ({ json: { id, city: `${name}, item ${index}` } }));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'update',
			contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			updateFields: { city: '={{ $json.city }}' },
		},
		items,
		settings: nextSettings(stage),
	});
	states.forEach((state, index) => {
		const key = String(items[index]?.json.city);
		const stands = sandbox.data.contacts.get(Number(items[index]?.json.id))?.city === key ? 1 : 0;
		count(result.others, { ...state, key, stands });
	});
}

export async function deleteSome(stage: Stage): Promise<void> {
	const { itemsPerRun, sandbox, result } = stage;
	const name = `delete ${result.runs}`;
	sandbox.reset();
	const contacts = sandbox.data.insertContacts(
		Array.from({ length: itemsPerRun }, (_, index) => ({ phone: phoneOf(index) })),
	);
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'delete',
			contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
		},
		items: contacts.map(({ id }) => ({ json: { id } })),
		settings: nextSettings(stage),
	});
	states.forEach((state, index) => {
		const key = `${name}, item ${index}`;
		const stands = sandbox.data.contacts.get(contacts[index]?.id ?? 0) ? 0 : 1;
		count(result.others, { ...state, key, stands });
	});
}

/** Half of the contacts are known; those that are found must be changed, and none be there twice. */
export async function upsertSome(stage: Stage): Promise<void> {
	const { itemsPerRun, sandbox, random, result } = stage;
	const name = `upsert ${result.runs}`;
	sandbox.reset();
	shapeLists(stage);
	const known = Array.from({ length: itemsPerRun / 2 }, (_, index) => ({
		phone: phoneOf(2 * index),
	}));
	sandbox.data.insertContacts(known);
	for (const fault of pageFaults(random)) sandbox.faults.add(fault);
	const items = Array.from({ length: itemsPerRun }, (_, index) => ({
		json: { phone: phoneOf(index), city: `${name}, item ${index}` },
	}));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'upsert',
			firstName: '=First {{ Math.random() }}',
			lastName: name,
			phone: '={{ $json.phone }}',
			statusId: { __rl: true, mode: 'id', value: '1' },
			sourceId: { __rl: true, mode: 'id', value: '1' },
			additionalFields: { city: '={{ $json.city }}' },
		},
		items,
		settings: nextSettings(stage),
	});
	const standing = countBy(sandbox.data.contacts.all().map(({ city }) => String(city)));
	const phones = countBy(sandbox.data.contacts.all().map(({ phone }) => String(phone)));
	states.forEach((state, index) => {
		const key = String(items[index]?.json.city);
		const twice = (phones.get(phoneOf(index)) ?? 0) > 1;
		const stands = (standing.get(key) ?? 0) + (twice ? 1 : 0);
		count(result.others, { ...state, key, stands });
	});
}

export async function readSome(stage: Stage): Promise<void> {
	const { sandbox, random, result } = stage;
	sandbox.reset();
	shapeLists(stage);
	sandbox.data.insertContacts(
		Array.from({ length: CONTACTS }, (_, index) => ({ phone: phoneOf(index) })),
	);
	for (const fault of pageFaults(random)) sandbox.faults.add(fault);
	const all = sandbox.data.contacts.all().map(({ id }) => id);
	const plan: Plan = {
		name: `read ${result.runs}`,
		parameters: { resource: 'contact', operation: 'getAll', returnAll: true },
		items: Array.from({ length: 5 }, () => ({ json: {} })),
		settings: { onError: random() < 0.5 ? 'continueRegularOutput' : 'stopWorkflow' },
	};
	const run = await runPlan(stage, plan, { parallel: arm(stage, plan.settings) });
	const isTold = run.hints.some(({ message }) => message.includes('may be missing'));
	plan.items.forEach((_item, index) => {
		const outputs = run.outputs.flat().filter((output) => itemOf(output) === index);
		if (run.status === 'error' || outputs.some(({ json }) => json.error)) {
			result.reads.failed++;
			return;
		}
		result.reads.done++;
		const ids = outputs.map(({ json }) => Number(json.id));
		const isWhole = ids.length === all.length && all.every((id) => ids.includes(id));
		if (isWhole) return;
		if (isTold) result.reads.toldIncomplete++;
		else result.reads.wrong.push(`${plan.name}, item ${index}`);
	});
}

const CONTACTS = 230;

/** Lists as the versions of the server give them; those in small pages without order seldom come whole. */
function shapeLists({ sandbox, random }: Stage): void {
	const { behaviour } = sandbox;
	const max = random() < 0.3 ? 20 : 100;
	behaviour.pageSizeLimit = { max, above: random() < 0.5 ? 'clamp' : 'refuse' };
	behaviour.stableOrder = random() < 0.5;
	const shape = random();
	behaviour.listShape = shape < 0.4 ? 'paginator' : shape < 0.8 ? 'flat' : 'flatNoMeta';
}

function countBy(keys: string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return counts;
}
