import type { IContextObject } from 'n8n-workflow';

import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
import { type Ledger, openLedger, type LedgerScope } from '../../../nodes/WhatsCloud/run/ledger';

const uncertain = new ApiError(
	{ method: 'POST', path: 'messages/send' },
	{ title: 'It is not known', description: 'Look first', outcome: 'unknown' },
	502,
	{ secret: 'body' },
);

/** What n8n stores with the execution and gives back to a retry. */
function stored(context: IContextObject): IContextObject {
	return JSON.parse(JSON.stringify(context)) as IContextObject;
}

function open(context: IContextObject, scope: Partial<LedgerScope> = {}): Ledger {
	return openLedger(context, { run: '0', executionId: '1', ...scope });
}

/** The user retries the execution. */
function retry(context: IContextObject, executionId = '2'): Ledger {
	return open(stored(context), { executionId });
}

const write = (content: string, origin = `origin of ${content}`) => ({ content, origin });

test('a retry after an update of the package knows what the version before has done', () => {
	const done = (item: number) => [{ item, output: { id: item + 1 } }];
	// As 0.1.0 stored it.
	const before = {
		executionId: '1',
		byFingerprint: { old0: done(0), old2: done(2), old4: done(4) },
	};
	const context: IContextObject = { whatsCloudDone: { '0': before } };
	const first = retry(context);
	expect([0, 1, 2].map((item) => first.recall(item, write(`new ${item}`)))).toEqual([
		{ output: { id: 1 } },
		undefined,
		{ output: { id: 3 } },
	]);
	// Item 4 was not reached. What the retry leaves is retried itself, and its texts are others again.
	const second = open(context, { executionId: '2' });
	for (const item of [0, 1, 2]) second.recall(item, write(`new ${item}`));
	second.recordDone(1, write('new 1'), { id: 2 });
	const again = retry(context, '3');
	expect(
		[0, 1, 2, 4].map((item) => again.recall(item, write(`newer ${item}`, `origin of new ${item}`))),
	).toEqual([1, 2, 3, 5].map((id) => ({ output: { id } })));
});

describe('a try of the same execution', () => {
	test('knows items by their number, whatever they write now', () => {
		const context: IContextObject = {};
		const first = open(context);
		first.recordDone(0, write('a', 'from a'), { id: 1 });
		first.recordDone(2, write('c', 'from c'), { id: 3 });
		const second = open(stored(context));
		expect([
			second.recall(0, write('a, a second later', 'also new')),
			second.recall(1, write('a', 'from a')),
			second.recall(2, write('c')),
		]).toEqual([{ output: { id: 1 } }, undefined, { output: { id: 3 } }]);
	});

	test('keeps an unknown outcome an error', () => {
		const context: IContextObject = {};
		open(context).recordUnknown(1, write('u'), uncertain);
		const recalled = open(stored(context)).recall(1, write('u, a second later'));
		expect(recalled).toMatchObject({
			error: {
				message: 'It is not known',
				description: 'Look first',
				outcome: 'unknown',
				status: 502,
			},
		});
		expect(JSON.stringify(context)).not.toContain('body');
	});

	test('says whether anything was done before', () => {
		const context: IContextObject = {};
		const first = open(context);
		expect(first.isEmpty()).toBe(true);
		first.recordDone(0, write('a'), { id: 1 });
		expect(open(context).isEmpty()).toBe(false);
	});
});

describe('a retried execution', () => {
	test('lets each record answer one item, wherever the items stand now', () => {
		const context: IContextObject = {};
		const first = open(context);
		first.recordDone(1, write('same'), { id: 1 });
		first.recordDone(3, write('same'), { id: 3 });
		const kept = stored(context);
		const second = open(kept, { executionId: '2' });
		expect(second.recall(3, write('same'))).toEqual({ output: { id: 3 } });
		expect(second.recall(0, write('same'))).toEqual({ output: { id: 1 } });
		expect(second.recall(4, write('same'))).toBeUndefined();
		second.recordDone(4, write('same'), { id: 4 });
		const third = open(kept, { executionId: '3' });
		expect([0, 3, 4, 5].map((item) => third.recall(item, write('same')))).toEqual([
			{ output: { id: 1 } },
			{ output: { id: 3 } },
			{ output: { id: 4 } },
			undefined,
		]);
	});

	test('knows an item of the same origin, whatever it writes now', () => {
		const context: IContextObject = {};
		const first = open(context);
		first.recordDone(0, write('code 17', 'row 0'), { id: 1 });
		first.recordDone(1, write('code 42', 'row 1'), { id: 2 });
		const second = retry(context);
		expect([
			second.recall(0, write('code 99', 'row 0')),
			second.recall(1, write('code 98', 'an edited row')),
			second.recall(2, write('code 97', 'row 1')),
		]).toEqual([{ output: { id: 1 } }, undefined, undefined]);
	});

	test('does not take items of one origin for each other', () => {
		const context: IContextObject = {};
		const first = open(context);
		first.recordDone(0, write('to the first number', 'empty item'), { id: 1 });
		const second = retry(context);
		expect(second.recall(1, write('to the second number', 'empty item'))).toBeUndefined();
		expect(second.recall(0, write('to the first number', 'empty item'))).toEqual({
			output: { id: 1 },
		});
	});

	test('counts what it recalled as done for its own tries, and for the retry after it', () => {
		const context: IContextObject = {};
		open(context).recordDone(3, write('x'), { id: 1 });
		const kept = stored(context);
		const second = open(kept, { executionId: '2' });
		expect(second.recall(0, write('x'))).toEqual({ output: { id: 1 } });
		expect(second.recall(3, write('x'))).toBeUndefined();
		second.recordDone(3, write('x'), { id: 2 });
		for (const executionId of ['2', '3']) {
			const next = open(kept, { executionId });
			expect([next.recall(0, write('x')), next.recall(3, write('x'))]).toEqual([
				{ output: { id: 1 } },
				{ output: { id: 2 } },
			]);
		}
	});

	test('may repeat an unknown outcome, which hides no record of another item', () => {
		const context: IContextObject = {};
		const first = open(context);
		first.recordUnknown(1, write('same'), uncertain);
		first.recordDone(2, write('same'), { id: 2 });
		const second = retry(context);
		expect([second.recall(2, write('same')), second.recall(1, write('same'))]).toEqual([
			{ output: { id: 2 } },
			undefined,
		]);
	});

	test('reads what version 0.1.0 recorded', () => {
		const byFingerprint = { a: [{ item: 0, output: { id: 1 } }], b: [{ item: 1, unknown: {} }] };
		const context = { whatsCloudDone: { '0': { executionId: '1', byFingerprint } } };
		const second = retry(context);
		expect([second.recall(0, write('a')), second.recall(1, write('b'))]).toEqual([
			{ output: { id: 1 } },
			undefined,
		]);
	});
});

test('runs are apart, and clearing one leaves the others', () => {
	const context: IContextObject = {};
	const [zero, one] = [open(context, { run: '0' }), open(context, { run: '1' })];
	zero.recordDone(0, write('a'), { id: 1 });
	expect(one.recall(0, write('a'))).toBeUndefined();
	one.recordDone(0, write('a'), { id: 2 });
	zero.clear();
	expect(open(context, { run: '0' }).recall(0, write('a'))).toBeUndefined();
	expect(open(context, { run: '1' }).recall(0, write('a'))).toEqual({ output: { id: 2 } });
});

describe('its size', () => {
	test('is bounded: large answers keep what later nodes need', () => {
		const context: IContextObject = {};
		const ledger = open(context);
		const large = { message_id: 'wamid.1', phone: '15550100001', raw: 'x'.repeat(100_000) };
		for (let item = 0; item < 200; item++) ledger.recordDone(item, write(`${item}`), large);
		expect(JSON.stringify(context).length).toBeLessThan(5_000_000);
		expect(open(context).recall(199, write('199'))).toEqual({
			output: { message_id: 'wamid.1', phone: '15550100001' },
		});
	});

	test('is bounded: of endless writes only the first are kept', () => {
		const context: IContextObject = {};
		const ledger = open(context);
		for (let item = 0; item < 100_100; item++) ledger.recordDone(item, write(`${item}`), {});
		const next = open(context);
		expect(next.recall(99_999, write('99999'))).toEqual({ output: {} });
		expect(next.recall(100_001, write('100001'))).toBeUndefined();
	});

	test('grows with the number of equal writes, not with its square', () => {
		const context: IContextObject = {};
		const first = open(context);
		const count = 40_000;
		for (let item = 0; item < count; item++) first.recordDone(item, write('same'), { item });
		const second = retry(context);
		const started = performance.now();
		// The items changed places, so that no record lies where it is looked for.
		const recalled = Array.from({ length: count }, (_, item) =>
			second.recall(item + count, write('same')),
		);
		const tookMs = performance.now() - started;
		expect(recalled.filter((entry) => entry === undefined)).toEqual([]);
		// To look through all of them each time takes more than ten seconds.
		expect(tookMs).toBeLessThan(2_000);
	});
});
