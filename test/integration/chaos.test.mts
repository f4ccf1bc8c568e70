import { isClean } from '../chaos/account.mts';
import { runCampaign } from '../chaos/campaign.mts';
import { useFastClock } from './shortWaits.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);
useFastClock();
jest.setTimeout(240_000);

// The short form of `npm run chaos`.
test('loses nothing and sends nothing twice under faults of all kinds', async () => {
	const { sends, others, reads, faults, afterTheEnd } = await runCampaign({
		seed: 13,
		sends: 240,
		others: 160,
		itemsPerRun: 40,
	});
	expect(
		[sends, others].map(({ lost, duplicated, untold, unaccounted }) => [
			lost,
			duplicated,
			untold,
			unaccounted,
		]),
	).toEqual([
		[[], [], [], []],
		[[], [], [], []],
	]);
	expect([isClean(sends), isClean(others), reads.wrong]).toEqual([true, true, []]);
	expect(afterTheEnd).toBe(0);
	expect(faults).toBeGreaterThan(50);
});
