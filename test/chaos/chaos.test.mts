import { useFastClock } from '../integration/shortWaits.mts';
import { isClean, type Tally } from './account.mts';
import { runCampaign } from './campaign.mts';

// The waits of 12,000 requests would take an hour.
jest.mock(
	'n8n-workflow',
	() =>
		jest.requireActual<typeof import('../integration/shortWaits.mts')>(
			'../integration/shortWaits.mts',
		).n8nWorkflow,
);
useFastClock();

const seed = Number(process.env.CHAOS_SEED ?? 20_260_116);

jest.setTimeout(30 * 60_000);

const row = ({ writes, accepted, failed, unknown, notBegun, repeatedByUser, ...wrong }: Tally) => ({
	...{ items: writes, accepted, failed, unknown, 'not begun': notBegun },
	...{ duplicated: wrong.duplicated.length, lost: wrong.lost.length },
	...{
		'done but told as failed': wrong.untold.length,
		'not accounted for': wrong.unaccounted.length,
	},
	'unknown, repeated by the user, there twice': repeatedByUser,
});

// `npm run chaos`; CHAOS_SEED=… for another campaign.
test.each(['A', 'D'] as const)(
	'10,000 sends and 2,000 other requests, %s server',
	async (server) => {
		const result = await runCampaign({ seed, sends: 10_000, others: 2_000, server });
		const { sends, others, reads } = result;
		const table = {
			'message sends': row(sends),
			'contact writes': row(others),
			'contact lists': {
				items: reads.done + reads.failed,
				accepted: reads.done,
				failed: reads.failed,
				'not whole, and told so': reads.toldIncomplete,
				lost: reads.wrong.length,
			},
		};
		process.stdout.write(
			[
				`Server ${server}, seed ${seed}: ${result.runs} runs (${result.wholeRunFailures} failed as a whole), ${result.requests} requests, ${result.faults} of them met a fault, ${result.afterTheEnd} came after the end of their run, ${result.seconds} s.`,
				...Object.entries(table).map(
					([what, counts]) =>
						`${what}: ${Object.entries(counts)
							.map(([name, number]) => `${number} ${name}`)
							.join(', ')}`,
				),
				'',
			].join('\n'),
		);
		expect({
			sends: isClean(sends) || sends,
			others: isClean(others) || others,
			reads: reads.wrong,
			afterTheEnd: result.afterTheEnd,
		}).toEqual({
			sends: true,
			others: true,
			reads: [],
			afterTheEnd: 0,
		});
	},
);
