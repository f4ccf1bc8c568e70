// npm run bench: our node, n8n's HTTP Request node and a bare loop, side by side in one n8n.
// --runs=1 for a quick look; --only=a,c for some cases.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { folders } from '../../sandbox/n8n/folders.mts';
import { contactFields, floor, httpList, httpSend, ours, sendText } from './contenders.mts';
import { packageFigures } from './packageLoad.mts';
import { type BenchStage, type Contender, type Measured, startBenchStage } from './stage.mts';

const { values } = parseArgs({
	options: { runs: { type: 'string', default: '3' }, only: { type: 'string', default: 'abcdef' } },
});
const runs = Number(values.runs);

interface Bar {
	name: string;
	value: number;
	atMost: number;
}

const say = (line: string) => {
	console.log(line);
};
const figures: Record<string, unknown> = {};
const bars: Bar[] = [];
const bar = (name: string, value: number, atMost: number) => {
	bars.push({ name, value, atMost });
};

const stage = await startBenchStage(say);
try {
	if (values.only.includes('a')) await manySends(stage);
	if (values.only.includes('b')) await rateLimitedSends(stage);
	if (values.only.includes('c')) await wholeList(stage);
	if (values.only.includes('d')) await bulkCreate(stage);
	if (values.only.includes('e')) await bulkUpsert(stage);
	if (values.only.includes('f')) await loading(stage);
} finally {
	await stage.stop();
}
report();

/** (a) 1,000 text sends to a server that takes 50 ms for each. */
async function manySends({ sandbox, root, measure }: BenchStage): Promise<void> {
	const contenders = [10, 50].flatMap((parallel) => [
		ours(`WhatsCloud, ${parallel} at a time`, {
			...sendText,
			options: { parallelRequests: parallel },
		}),
		floor(`bare loop, ${parallel} at a time`, root, {
			...{ task: 'send', parallel, to: '={{ $json.to }}', text: '={{ $json.text }}' },
		}),
	]);
	const results = await compare(
		'a: 1,000 sends',
		[...contenders, httpSend(root)],
		async (contender) => {
			sandbox.reset();
			sandbox.data.insertContacts(phones(1_000));
			sandbox.faults.add({ kind: 'delay', ms: 50, path: '/messages/send' });
			const measured = await measure(contender, 1_000);
			if (sandbox.messages.length !== 1_000)
				throw new Error(`${contender.name} sent ${sandbox.messages.length}`);
			return measured;
		},
	);
	const at50 = seconds(results, 'WhatsCloud, 50 at a time');
	bar('a: time at parallelism 50 / HTTP Request', at50 / seconds(results, 'HTTP Request'), 1);
	bar(
		'a: time at parallelism 50 / bare loop',
		at50 / seconds(results, 'bare loop, 50 at a time'),
		1.15,
	);
}

/** (b) 300 sends where 60 are allowed in 6 seconds. */
async function rateLimitedSends({ sandbox, root, measure }: BenchStage): Promise<void> {
	const window = { max: 60, windowMs: 6_000 };
	const serverSeconds = 0.05;
	// Four windows have to close before the last sixty may start.
	const least = (300 / window.max - 1) * (window.windowMs / 1000) + serverSeconds;
	let accepted = 300;
	const contenders = [ours('WhatsCloud', sendText), httpSend(root)];
	const results = await compare('b: 300 sends, 60 in 6 s', contenders, async (contender) => {
		sandbox.reset();
		sandbox.data.insertContacts(phones(300));
		sandbox.faults.add({ kind: 'delay', ms: serverSeconds * 1000, path: '/messages/send' });
		sandbox.rateLimit = window;
		const measured = await measure(contender, 300);
		sandbox.rateLimit = undefined;
		if (contender.name === 'WhatsCloud') accepted = Math.min(accepted, sandbox.messages.length);
		return { ...measured, accepted: sandbox.messages.length };
	});
	figures['b: theoretical least, seconds'] = least;
	bar('b: sends lost of 300', 300 - accepted, 0);
	bar(`b: time / theoretical least (${least} s)`, seconds(results, 'WhatsCloud') / least, 1.1);
}

/** (c) All of 100,000 contacts from a server that takes 50 ms, and (g) n8n's memory meanwhile. */
async function wholeList({ sandbox, root, measure }: BenchStage): Promise<void> {
	sandbox.reset();
	const contacts = phones(100_000);
	// Each in a second of its own: otherwise the others lose contacts at the borders of their pages.
	contacts.forEach((contact, index) => {
		const createdAt = new Date(Date.UTC(2020, 0, 1) + index * 1000);
		sandbox.data.insertContacts([contact], { createdAt });
	});
	sandbox.faults.add({ kind: 'delay', ms: 50, path: '/contacts' });
	const parameters = { resource: 'contact', operation: 'getAll', returnAll: true };
	const contenders = [
		ours('WhatsCloud', parameters),
		floor('bare loop, 4 at a time', root, { task: 'list', parallel: 4, pages: 100 }),
		httpList(root, 1_000),
		httpList(root, 100),
	];
	const results = await compare('c: 100,000 contacts', contenders, (contender) =>
		measure(contender, 1),
	);
	const own = seconds(results, 'WhatsCloud');
	bar(
		'c: contacts missing',
		sandbox.data.contacts.size -
			Math.min(...(results.WhatsCloud ?? []).map(({ withId }) => withId)),
		0,
	);
	bar(
		'c: time / HTTP Request at 1,000 per page',
		own / seconds(results, 'HTTP Request, 1000 per page'),
		0.35,
	);
	bar(
		'c: time / HTTP Request at 100 per page',
		own / seconds(results, 'HTTP Request, 100 per page'),
		0.04,
	);
	const memory = (name: string) => median(results[name] ?? [], ({ megabytes }) => megabytes);
	bar(
		'g: memory / HTTP Request',
		memory('WhatsCloud') / memory('HTTP Request, 1000 per page'),
		1.5,
	);
}

/** (d) 500 new contacts, on a server that does not tell their ids. */
async function bulkCreate({ sandbox, measure }: BenchStage): Promise<void> {
	const contenders = [ours('WhatsCloud', { ...contactFields, operation: 'create' })];
	const results = await compare('d: bulk create 500', contenders, async (contender) => {
		sandbox.reset();
		return await measure(contender, 500);
	});
	countRequests('d', results, 508);
}

/** (e) Create or update 500 contacts, half of them among 10,000 that are there. */
async function bulkUpsert({ sandbox, measure }: BenchStage): Promise<void> {
	const contenders = [ours('WhatsCloud', { ...contactFields, operation: 'upsert' })];
	const results = await compare('e: bulk upsert 500 over 10,000', contenders, async (contender) => {
		sandbox.reset();
		const others = Array.from({ length: 9_750 }, (_, index) => ({
			phone: `1555${5_000_000 + index}`,
		}));
		sandbox.data.insertContacts([...phones(250), ...others]);
		return await measure(contender, 500);
	});
	countRequests('e', results, 530);
}

/** (f) What the package costs n8n at its start. */
async function loading({ tarball }: BenchStage): Promise<void> {
	const { loadMs, medianLoadMs, packedBytes, unpackedBytes } = await packageFigures(tarball, 9);
	figures['f: loading'] = { loadMs, medianLoadMs, packedBytes, unpackedBytes };
	bar('f: load, ms', loadMs, 30);
	bar('f: packed, kB', packedBytes / 1000, 80);
	say(
		`f: unpacked ${Math.round(unpackedBytes / 1000)} kB, median load ${Math.round(medianLoadMs)} ms`,
	);
}

function countRequests(letter: string, results: Results, atMost: number): void {
	const all = results.WhatsCloud ?? [];
	bar(`${letter}: requests`, Math.max(...all.map(({ requests }) => requests)), atMost);
	bar(`${letter}: items without an id`, 500 - Math.min(...all.map(({ withId }) => withId)), 0);
}

type Results = Record<string, Measured[]>;

/** In turns, so that a noisy moment of the machine meets all of them. */
async function compare(
	what: string,
	contenders: Contender[],
	run: (contender: Contender) => Promise<Measured>,
): Promise<Results> {
	const results: Results = {};
	for (let turn = 1; turn <= runs; turn++) {
		for (const contender of contenders) {
			const measured = await run(contender);
			(results[contender.name] ??= []).push(measured);
			say(`${what}, ${contender.name}: ${JSON.stringify(measured)}`);
		}
	}
	figures[what] = results;
	return results;
}

function phones(count: number) {
	return Array.from({ length: count }, (_, index) => ({ phone: `1555${6_000_001 + index}` }));
}

function seconds(results: Results, name: string): number {
	return median(results[name] ?? [], (measured) => measured.seconds);
}

function median(all: Measured[], of: (measured: Measured) => number): number {
	return all.map(of).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

function report(): void {
	const folder = join(folders.root, '.local', 'bench');
	mkdirSync(folder, { recursive: true });
	const file = join(folder, 'results.json');
	writeFileSync(file, JSON.stringify({ runs, bars, figures }, null, '\t'));
	console.table(
		bars.map(({ name, value, atMost }) => ({
			bar: name,
			value: Number(value.toFixed(3)),
			'at most': atMost,
			met: value <= atMost,
		})),
	);
	say(`All figures: ${file}`);
	if (bars.some(({ value, atMost }) => !(value <= atMost))) process.exitCode = 1;
}
