import fc from 'fast-check';

import { newContacts } from '../../../nodes/WhatsCloud/newContacts/newContacts';
import { history, run, undatedHistory } from './history.mts';
import { newerThanLastDate } from './newerThanLastDate.mts';

const HISTORIES = Number(process.env.TRIGGER_HISTORIES ?? 150);
const TIMEOUT = 60_000 + HISTORIES * 100;

test(
	`guarantee: Every new contact starts the workflow once: none is lost, and none comes twice. (${HISTORIES} random histories)`,
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
	TIMEOUT,
);

test(
	'sends nothing to old contacts, and nothing twice, where some or all have no date, and says so',
	async () => {
		let refusals = 0;
		await fc.assert(
			fc.asyncProperty(undatedHistory, async (one) => {
				const result = await run(newContacts, one);
				expect(result).toMatchObject({ doubled: [], old: [] });
				refusals += result.refusals;
			}),
			{ numRuns: Math.ceil(HISTORIES / 4) },
		);
		expect(refusals).toBeGreaterThan(0);
	},
	TIMEOUT,
);

test('would notice: a trigger that takes what is newer than the last date loses and doubles', async () => {
	let missed = 0;
	let doubled = 0;
	for (const kind of [history, undatedHistory]) {
		for (const one of fc.sample(kind, { numRuns: 60, seed: 6 })) {
			const result = await run(newerThanLastDate, one);
			missed += result.missed.length;
			doubled += result.doubled.length;
		}
	}
	expect(missed).toBeGreaterThan(0);
	expect(doubled).toBeGreaterThan(0);
});
