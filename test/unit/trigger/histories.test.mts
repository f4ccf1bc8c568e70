import fc from 'fast-check';

import { newContacts } from '../../../nodes/WhatsCloud/trigger/newContacts';
import { history, run } from './history.mts';
import { newerThanLastDate } from './newerThanLastDate.mts';

const HISTORIES = Number(process.env.TRIGGER_HISTORIES ?? 300);

test(
	`hands out every new contact exactly once in ${HISTORIES} random histories`,
	async () => {
		await fc.assert(
			fc.asyncProperty(history, async (one) => {
				const { missed, doubled, old, idleRequests } = await run(newContacts, one);
				expect({ missed, doubled, old }).toEqual({ missed: [], doubled: [], old: [] });
				expect(idleRequests).toBe(1);
			}),
			{ numRuns: HISTORIES },
		);
	},
	60_000 + HISTORIES * 100,
);

test('would notice: a trigger that takes what is newer than the last date loses and doubles', async () => {
	let missed = 0;
	let doubled = 0;
	for (const one of fc.sample(history, { numRuns: 100, seed: 6 })) {
		const result = await run(newerThanLastDate, one);
		missed += result.missed.length;
		doubled += result.doubled.length;
	}
	expect(missed).toBeGreaterThan(0);
	expect(doubled).toBeGreaterThan(0);
});
