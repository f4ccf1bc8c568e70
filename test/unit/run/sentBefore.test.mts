import type { IContextObject } from 'n8n-workflow';

import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
import { openSentBefore, type SentBefore } from '../../../nodes/WhatsCloud/run/sentBefore';
import { openToolCalls } from '../../../nodes/WhatsCloud/run/toolCalls';

const uncertain = new ApiError(
	{ method: 'POST', path: 'messages/send' },
	{ title: 'It is not known', description: 'Look first', outcome: 'unknown' },
	502,
	{ secret: 'body' },
);
const uncertainAgain = {
	error: {
		message: 'It is not known',
		description: 'Look first',
		outcome: 'unknown',
		status: 502,
	},
};

/** What n8n stores with the execution and gives back to its next try or its retry. */
function stored(context: IContextObject): IContextObject {
	return JSON.parse(JSON.stringify(context)) as IContextObject;
}

function open(context: IContextObject, { run = 0, executionId = '1' } = {}): SentBefore {
	return openSentBefore(context, { run, executionId });
}

/** Of three items the first was done, the second may have been done, and the third was not reached. */
function failed(): IContextObject {
	const context: IContextObject = {};
	const first = open(context);
	first.recordDone(0, 'to Ada', { id: 1 });
	first.recordUnknown(1, 'to Bea', uncertain);
	return stored(context);
}

test('a try of the same execution knows what was done, and what may have been', () => {
	const again = open(failed());
	expect(again.of(0, 'to Ada')).toEqual({ output: { id: 1 } });
	expect(again.of(1, 'to Bea')).toMatchObject(uncertainAgain);
	expect(again.of(2, 'to Cleo')).toBeUndefined();
	expect([0, 1, 2].map((item) => again.knows(item))).toEqual([true, true, false]);
});

test('a retried execution knows what was done, and may repeat what may have been', () => {
	const retried = open(failed(), { executionId: '2' });
	expect(retried.of(0, 'to Ada')).toEqual({ output: { id: 1 } });
	expect(retried.of(1, 'to Bea')).toBeUndefined();
});

test('the retry of a retry knows what both have done', () => {
	const context = failed();
	open(context, { executionId: '2' }).recordDone(1, 'to Bea', { id: 2 });
	const again = open(stored(context), { executionId: '3' });
	expect(again.of(0, 'to Ada')).toEqual({ output: { id: 1 } });
	expect(again.of(1, 'to Bea')).toEqual({ output: { id: 2 } });
});

test('another write in the place of an item is not that item', () => {
	expect(open(failed()).of(0, 'to Dora')).toBeUndefined();
});

test('runs are apart, and clearing one leaves the others', () => {
	const context: IContextObject = {};
	const [zero, one] = [open(context, { run: 0 }), open(context, { run: 1 })];
	zero.recordDone(0, 'to Ada', { id: 1 });
	expect(one.of(0, 'to Ada')).toBeUndefined();
	one.recordDone(0, 'to Ada', { id: 2 });
	zero.clear();
	expect(open(context, { run: 0 }).of(0, 'to Ada')).toBeUndefined();
	expect(open(context, { run: 1 }).of(0, 'to Ada')).toEqual({ output: { id: 2 } });
});

test('what the server answered to an unknown outcome is not kept', () => {
	expect(JSON.stringify(failed())).not.toContain('body');
});

describe('calls of a tool', () => {
	const start = 5_000_000;
	const call = (tool: string, minutes = 0) => openToolCalls(tool, () => start + minutes * 60_000);
	const repeated = {
		error: {
			message: 'It is not known. That was an earlier call; this one did nothing.',
			outcome: 'unknown',
		},
	};

	test('find what may have been done, not what was accepted', () => {
		call('tool').recordDone(0, 'accepted', { id: 1 });
		call('tool').recordUnknown(0, 'uncertain', uncertain);
		expect(call('tool').of(0, 'accepted')).toBeUndefined();
		expect(call('tool').of(0, 'something else')).toBeUndefined();
		expect(call('tool').of(0, 'uncertain')).toMatchObject(repeated);
	});

	test('find it for ten minutes', () => {
		call('forgetful').recordUnknown(0, 'uncertain', uncertain);
		expect(call('forgetful', 9).of(0, 'uncertain')).toMatchObject(repeated);
		expect(call('forgetful', 11).of(0, 'uncertain')).toBeUndefined();
	});

	test('of one workflow do not stop those of another', () => {
		call('one').recordUnknown(0, 'uncertain', uncertain);
		expect(call('another').of(0, 'uncertain')).toBeUndefined();
		expect(call('one').of(0, 'uncertain')).toMatchObject(repeated);
	});
});
