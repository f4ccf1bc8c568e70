import type { IContextObject } from 'n8n-workflow';

import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
import { openLedger, type LedgerScope } from '../../../nodes/WhatsCloud/n8n/items/ledger';

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

function open(context: IContextObject, scope: Partial<LedgerScope> = {}) {
	return openLedger(context, { run: '0', executionId: '1', shared: false, ...scope });
}

it('gives the record of the same write, not of another one', () => {
	const context: IContextObject = {};
	const first = open(context);
	first.recordDone(0, 'a', { id: 1 });
	first.recordDone(2, 'c', { id: 3 });
	const second = open(stored(context));
	expect([second.recall(0, 'a'), second.recall(1, 'b'), second.recall(2, 'c')]).toEqual([
		{ output: { id: 1 } },
		undefined,
		{ output: { id: 3 } },
	]);
});

it('lets each record answer one item, wherever the items stand now', () => {
	const context: IContextObject = {};
	const first = open(context);
	first.recordDone(1, 'same', { id: 1 });
	first.recordDone(3, 'same', { id: 3 });
	const second = open(context);
	expect(second.recall(3, 'same')).toEqual({ output: { id: 3 } });
	expect(second.recall(0, 'same')).toEqual({ output: { id: 1 } });
	expect(second.recall(4, 'same')).toBeUndefined();
	second.recordDone(4, 'same', { id: 4 });
	const third = open(context);
	expect([0, 3, 4, 5].map((item) => third.recall(item, 'same'))).toEqual([
		{ output: { id: 1 } },
		{ output: { id: 3 } },
		{ output: { id: 4 } },
		undefined,
	]);
});

it('counts what it recalled as done for the tries after it', () => {
	const context: IContextObject = {};
	open(context).recordDone(3, 'x', { id: 1 });
	const second = open(context);
	expect(second.recall(0, 'x')).toEqual({ output: { id: 1 } });
	expect(second.recall(3, 'x')).toBeUndefined();
	second.recordDone(3, 'x', { id: 2 });
	const third = open(context);
	expect([third.recall(0, 'x'), third.recall(3, 'x')]).toEqual([
		{ output: { id: 1 } },
		{ output: { id: 2 } },
	]);
});

describe('an unknown outcome', () => {
	it('stays an error within the execution', () => {
		const context: IContextObject = {};
		open(context).recordUnknown(1, 'u', uncertain);
		const recalled = open(stored(context)).recall(1, 'u');
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

	it('may be repeated when the user retries the execution, and hides no record of another item', () => {
		const context: IContextObject = {};
		const first = open(context);
		first.recordUnknown(1, 'same', uncertain);
		first.recordDone(2, 'same', { id: 2 });
		const retried = open(stored(context), { executionId: '2' });
		expect([retried.recall(2, 'same'), retried.recall(1, 'same')]).toEqual([
			{ output: { id: 2 } },
			undefined,
		]);
	});
});

describe('runs', () => {
	it('are apart, and clearing one leaves the others', () => {
		const context: IContextObject = {};
		const [zero, one] = [open(context, { run: '0' }), open(context, { run: '1' })];
		zero.recordDone(0, 'a', { id: 1 });
		expect(one.recall(0, 'a')).toBeUndefined();
		one.recordDone(0, 'a', { id: 2 });
		zero.clear();
		expect(open(context, { run: '0' }).recall(0, 'a')).toBeUndefined();
		expect(open(context, { run: '1' }).recall(0, 'a')).toEqual({ output: { id: 2 } });
	});

	it('of a tool that share one place forget only what they finished', () => {
		const context: IContextObject = {};
		const scope = { run: 'tool', shared: true };
		const [finishing, other] = [open(context, scope), open(context, scope)];
		finishing.recordDone(0, 'a', { id: 1 });
		other.recordDone(0, 'b', { id: 2 });
		other.recordUnknown(0, 'u', uncertain);
		finishing.clear();
		const next = open(context, scope);
		expect(next.recall(0, 'a')).toBeUndefined();
		expect(next.recall(0, 'b')).toEqual({ output: { id: 2 } });
		expect(next.recall(0, 'u')).toMatchObject({ error: { outcome: 'unknown' } });
	});
});

describe('its size', () => {
	it('is bounded: large answers keep what later nodes need', () => {
		const context: IContextObject = {};
		const ledger = open(context);
		const large = { message_id: 'wamid.1', phone: '15550100001', raw: 'x'.repeat(100_000) };
		for (let item = 0; item < 200; item++) ledger.recordDone(item, `print ${item}`, large);
		expect(JSON.stringify(context).length).toBeLessThan(5_000_000);
		expect(open(context).recall(199, 'print 199')).toEqual({
			output: { message_id: 'wamid.1', phone: '15550100001' },
		});
	});

	it('is bounded: of endless writes only the first are kept', () => {
		const context: IContextObject = {};
		const ledger = open(context);
		for (let item = 0; item < 100_100; item++) ledger.recordDone(item, `${item}`, { id: item });
		const next = open(context);
		expect(next.recall(99_999, '99999')).toEqual({ output: { id: 99_999 } });
		expect(next.recall(100_001, '100001')).toBeUndefined();
	});
});
