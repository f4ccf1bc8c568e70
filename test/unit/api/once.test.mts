import { createOnce } from '../../../nodes/WhatsCloud/api/lists';

test('what is loaded is loaded once for each key', async () => {
	const once = createOnce();
	const loaded: string[] = [];
	const load = async (key: string) =>
		await once(key, async () => await Promise.resolve(loaded.push(key)));
	expect(await Promise.all(['a', 'b', 'a'].map(load))).toEqual([1, 2, 1]);
	expect(await load('a')).toBe(1);
	expect(loaded).toEqual(['a', 'b']);
});

test('a failure is told to those who wait, and who comes later tries again', async () => {
	const once = createOnce();
	let tries = 0;
	const load = async () =>
		await once('a', async () => {
			if (++tries === 1) return await Promise.reject(new Error('Down'));
			return tries;
		});
	const ends = await Promise.allSettled([load(), load(), load()]);
	expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
	expect([await load(), await load()]).toEqual([2, 2]);
});
