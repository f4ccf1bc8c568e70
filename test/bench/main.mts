// npm run bench: our node, n8n's HTTP Request node and a bare loop, side by side in one n8n.
// --runs=1 for a quick look; --only=a,c for some cases.
import { parseArgs } from 'node:util';

import {
	bulkCreate,
	bulkUpsert,
	getOfNobody,
	insertInTurn,
	knownAmongTheNewest,
	phones,
	polling,
	upsertOfNobody,
} from './contactCases.mts';
import { floor, httpList, httpSend, ours, sendText } from './contenders.mts';
import { packageFigures } from './packageLoad.mts';
import { bar, compare, figures, median, report, say, seconds } from './report.mts';
import { type BenchStage, startBenchStage } from './stage.mts';

const { values } = parseArgs({
	options: {
		runs: { type: 'string', default: '3' },
		only: { type: 'string', default: 'abcdefhijk' },
	},
});
const runs = Number(values.runs);

const stage = await startBenchStage(say);
try {
	if (values.only.includes('a')) await manySends(stage);
	if (values.only.includes('b')) await rateLimitedSends(stage);
	if (values.only.includes('c')) await wholeList(stage);
	if (values.only.includes('d')) await bulkCreate(stage, runs);
	if (values.only.includes('e')) await bulkUpsert(stage, runs);
	if (values.only.includes('f')) await loading(stage);
	if (values.only.includes('h')) await upsertOfNobody(stage, runs);
	if (values.only.includes('i')) await getOfNobody(stage, runs);
	if (values.only.includes('j')) await knownAmongTheNewest(stage, runs);
	if (values.only.includes('k')) await polling(stage);
} finally {
	await stage.stop();
}
report(runs);

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
		runs,
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
	const results = await compare(runs, 'b: 300 sends, 60 in 6 s', contenders, async (contender) => {
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
	// Otherwise the others lose contacts at the borders of their pages.
	insertInTurn(sandbox, phones(100_000));
	sandbox.faults.add({ kind: 'delay', ms: 50, path: '/contacts' });
	const parameters = { resource: 'contact', operation: 'getAll', returnAll: true };
	const contenders = [
		ours('WhatsCloud', parameters),
		floor('bare loop, 4 at a time', root, { task: 'list', parallel: 4, pages: 100 }),
		httpList(root, 1_000),
		httpList(root, 100),
	];
	const results = await compare(runs, 'c: 100,000 contacts', contenders, (contender) =>
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

/** (f) What the package costs n8n at its start. */
async function loading({ tarball }: BenchStage): Promise<void> {
	const { loadMs, medianLoadMs, packedBytes, unpackedBytes } = await packageFigures(tarball, 9);
	figures['f: loading'] = { loadMs, medianLoadMs, packedBytes, unpackedBytes };
	bar('f: load, ms', loadMs, 26);
	bar('f: packed, kB', packedBytes / 1000, 100);
	say(
		`f: unpacked ${Math.round(unpackedBytes / 1000)} kB, median load ${Math.round(medianLoadMs)} ms`,
	);
}
