import { useClient } from './client.mts';

// Bounds far above the usual time (the number beside them, on two busy cores), so that a slow
// computer passes and only a wrong design fails.
const client = useClient({ seed: 'empty' });

test('100,000 contacts are inserted and paged without sorting them for every page', async () => {
	const { sandbox, get } = client.current;
	const startedAt = performance.now();
	sandbox.data.insertContacts(
		Array.from({ length: 100_000 }, (_, index) => ({ firstname: `No ${index}` })),
	);
	expect(performance.now() - startedAt).toBeLessThan(10_000); // Usually 500.
	const pagedAt = performance.now();
	const seen = new Set<number>();
	for (let page = 1; page <= 100; page++) {
		const { body } = await get(`/contacts?per_page=1000&page=${page}`);
		for (const { id } of (body as { data: { data: { id: number }[] } }).data.data) seen.add(id);
	}
	expect(performance.now() - pagedAt).toBeLessThan(30_000); // Usually 3,000.
	expect(seen.size).toBeGreaterThan(1_000);
}, 60_000);

test('sends find their contact quickly among 100,000', async () => {
	const { sandbox, post } = client.current;
	sandbox.data.insertContacts(
		Array.from({ length: 100_000 }, (_, index) => ({ phone: String(15_555_600_000 + index) })),
	);
	const startedAt = performance.now();
	for (let batch = 0; batch < 20; batch++) {
		await Promise.all(
			Array.from({ length: 50 }, (_, index) =>
				post('/messages/send', {
					phone_number: String(15_555_600_001 + batch * 50 + index),
					message_body: 'Hi',
				}),
			),
		);
	}
	expect(performance.now() - startedAt).toBeLessThan(15_000); // Usually 1,000.
	expect(sandbox.messages).toHaveLength(1000);
}, 60_000);
