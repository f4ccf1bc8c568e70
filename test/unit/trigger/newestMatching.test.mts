import { newestMatching } from '../../../nodes/WhatsCloud/trigger/newestMatching';
import { Account, sourceOf } from './account.mts';

const always = () => true;

function accountWith(count: number, isOldestFirst: boolean): Account {
	const account = new Account({ isOldestFirst });
	account.create({ count, isSpread: true });
	return account;
}

describe.each([
	['newest', false],
	['oldest', true],
])('a list sorted %s first', (_, isOldestFirst) => {
	it('gives the newest contact', async () => {
		const source = sourceOf(accountWith(1_050, isOldestFirst));
		expect(await newestMatching(source, { matches: always, hasTimeLeft: always })).toMatchObject({
			id: 1_050,
		});
		expect(source.requests).toBeLessThanOrEqual(2);
	});

	it('reads further back for one that matches', async () => {
		const source = sourceOf(accountWith(1_050, isOldestFirst));
		const matches = ({ id }: { id: number }) => id <= 700;
		expect(await newestMatching(source, { matches, hasTimeLeft: always })).toMatchObject({
			id: 700,
		});
	});

	it('ends after a few pages', async () => {
		const source = sourceOf(accountWith(5_000, isOldestFirst));
		const found = await newestMatching(source, { matches: () => false, hasTimeLeft: always });
		expect(found).toBeUndefined();
		expect(source.requests).toBeLessThanOrEqual(7);
	});
});

it('finds nothing in an empty account, with one request', async () => {
	const source = sourceOf(new Account());
	expect(await newestMatching(source, { matches: always, hasTimeLeft: always })).toBeUndefined();
	expect(source.requests).toBe(1);
});
