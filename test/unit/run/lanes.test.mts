import fc from 'fast-check';

import type { Item, Run } from '../../../nodes/WhatsCloud/run/run';
import { forOpenItems } from '../../../nodes/WhatsCloud/run/runItems';

/** Lets everything that is ready go on. */
const turn = async () => {
	await new Promise(setImmediate);
};

/** Works on one item for each lane named. What a step throws would become the error of its item: none may. */
async function goThrough(
	lanes: Array<string | undefined>,
	{ parallel, ended }: { parallel: number; ended?: AbortSignal },
	work: (index: number) => Promise<void>,
): Promise<void> {
	const items = lanes.map((lane, index): Item => ({ index, json: {}, params: { lane } as never }));
	const run = {
		...{ items, parallel, ended: ended ?? new AbortController().signal },
		context: { getNode: () => ({ name: 'WhatsCloud', type: 'whatsCloud', typeVersion: 1 }) },
	} as unknown as Run;
	await forOpenItems(
		run,
		async (_run, { index }) => {
			await work(index);
		},
		(params) => (params as { lane: string }).lane,
	);
	expect(items.flatMap(({ error }) => error ?? [])).toEqual([]);
}

function start(count: number, parallel: number, lanes: Array<string | undefined>) {
	const begun: number[] = [];
	const finish = new Map<number, () => void>();
	const end = new AbortController();
	const all = Array.from({ length: count }, (_, index) => lanes[index]);
	const done = goThrough(all, { parallel, ended: end.signal }, async (index) => {
		begun.push(index);
		await new Promise<void>((resolve) => finish.set(index, resolve));
		finish.delete(index);
	});
	return { begun, finish, end, done };
}

test('begins the earliest items first, as many as may run at a time', async () => {
	const { begun, finish } = start(5, 2, []);
	await turn();
	expect(begun).toEqual([0, 1]);
	finish.get(1)?.();
	await turn();
	expect(begun).toEqual([0, 1, 2]);
});

test('lets others pass an item whose lane is busy, and goes on with the lane first', async () => {
	const { begun, finish } = start(6, 2, ['a', 'a', 'a', 'b', undefined, 'a']);
	await turn();
	expect(begun).toEqual([0, 3]);
	finish.get(0)?.();
	await turn();
	expect(begun).toEqual([0, 3, 1]);
	finish.get(3)?.();
	await turn();
	expect(begun).toEqual([0, 3, 1, 4]);
});

test('begins nothing more when it is stopped, and waits for what is under way', async () => {
	const { begun, finish, end, done } = start(6, 3, ['a', 'b', 'c', 'a', 'b', 'd']);
	let isDone = false;
	void done.then(() => (isDone = true));
	await turn();
	end.abort();
	finish.get(0)?.();
	await turn();
	expect([begun, isDone]).toEqual([[0, 1, 2], false]);
	finish.get(1)?.();
	finish.get(2)?.();
	await turn();
	expect([begun, isDone]).toEqual([[0, 1, 2], true]);
});

test('works on each item once, in the order of its lane, never on too many', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }), {
				maxLength: 60,
			}),
			fc.integer({ min: 1, max: 12 }),
			fc.scheduler(),
			async (lanes, parallel, scheduler) => {
				const log: number[] = [];
				const busy = new Set<string>();
				let running = 0;
				const work = async (index: number) => {
					const lane = lanes[index];
					expect(++running).toBeLessThanOrEqual(parallel);
					if (lane !== undefined) {
						expect(busy.has(lane)).toBe(false);
						busy.add(lane);
					}
					log.push(index);
					await scheduler.schedule(Promise.resolve());
					if (lane !== undefined) busy.delete(lane);
					running--;
				};
				await scheduler.waitFor(goThrough(lanes, { parallel }, work));
				expect(log.toSorted((a, b) => a - b)).toEqual(lanes.map((_, index) => index));
				for (const lane of ['a', 'b', 'c', 'd']) {
					const inLane = log.filter((index) => lanes[index] === lane);
					expect(inLane).toEqual(inLane.toSorted((a, b) => a - b));
				}
			},
		),
	);
});

test('takes no longer for many items of one lane', async () => {
	let count = 0;
	const lanes = new Array<string>(100_000).fill('one');
	await goThrough(lanes, { parallel: 50 }, () => {
		count++;
		return Promise.resolve();
	});
	expect(count).toBe(100_000);
});
