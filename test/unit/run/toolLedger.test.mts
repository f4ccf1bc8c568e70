import type { IContextObject } from 'n8n-workflow';

import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
import { openToolLedger } from '../../../nodes/WhatsCloud/run/ledger';

const uncertain = new ApiError(
	{ method: 'POST', path: 'messages/send' },
	{ title: 'It is not known', description: 'Look first', outcome: 'unknown' },
);
const unknown = {
	error: {
		message: 'It is not known. That was an earlier call; this one did nothing.',
		outcome: 'unknown',
	},
};
const write = (content: string) => ({ content });

test('another call of the same execution finds the unknown outcome, not what was accepted', () => {
	const context: IContextObject = {};
	const first = openToolLedger(context, '1');
	first.recordDone(0, write('accepted'), { id: 1 });
	first.recordUnknown(0, write('uncertain'), uncertain);
	first.clear();
	const kept = JSON.parse(JSON.stringify(context)) as IContextObject;
	const second = openToolLedger(kept, '1');
	expect(second.recall(0, write('accepted'))).toBeUndefined();
	expect(second.recall(0, write('something else'))).toBeUndefined();
	expect(second.recall(0, write('uncertain'))).toMatchObject(unknown);
	expect(openToolLedger(kept, '2').recall(0, write('uncertain'))).toBeUndefined();
});

test('calls outside of executions find it for an hour', () => {
	const start = Date.UTC(2026, 0, 1);
	const at = (minutes: number) =>
		openToolLedger({}, undefined, () => start + minutes * 60_000).recall(0, write('outside'));
	openToolLedger({}, undefined, () => start).recordUnknown(0, write('outside'), uncertain);
	expect([at(0), at(59)]).toMatchObject([unknown, unknown]);
	expect(openToolLedger({}, '1').recall(0, write('outside'))).toBeUndefined();
	expect(at(61)).toBeUndefined();
});
