import { generations, startSandbox, type Sandbox } from '../../sandbox/server/sandbox.mts';
import { describeOnAccount } from '../live/operations.mts';

/** What `npm run test:live` does to an account, here to one where it can do no harm. */
describe.each(generations)('%s server', (server) => {
	let sandbox: Sandbox;
	let before: unknown;
	const stored = () => {
		const { contacts, statuses, sources, groups } = sandbox.data;
		return structuredClone([contacts, statuses, sources, groups].map((table) => table.all()));
	};
	beforeAll(async () => {
		sandbox = await startSandbox({ randomSeed: 1, server });
		before = stored();
	});
	afterAll(async () => {
		await sandbox.close();
	});
	describeOnAccount(() => sandbox, { writes: true, sendTo: '15555550101' });
	test('nothing is left behind, and the messages went to one number only', () => {
		expect(stored()).toEqual(before);
		expect(new Set(sandbox.messages.map(({ phone }) => phone))).toEqual(new Set(['15555550101']));
	});
});
