import fc from 'fast-check';

import { createRoom } from '../../../nodes/WhatsCloud/files/runFiles';

test('holds no more than the limit, or one file alone, and lets everybody in, in turn', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 40 }),
			fc.scheduler(),
			async (files, scheduler) => {
				const room = createRoom(100);
				const inside: number[] = [];
				const order: number[] = [];
				const state = { loading: 0 };
				const work = async (bytes: number, index: number) => {
					await room.load(async () => {
						expect((state.loading += 1)).toBe(1);
						await scheduler.schedule(Promise.resolve());
						state.loading -= 1;
						return { data: new Uint8Array(bytes) };
					});
					order.push(index);
					inside.push(bytes);
					const sum = inside.reduce((all, one) => all + one, 0);
					expect(sum <= 100 || inside.filter((one) => one > 0).length === 1).toBe(true);
					await scheduler.schedule(Promise.resolve());
					inside.splice(inside.indexOf(bytes), 1);
					room.release(bytes);
				};
				await scheduler.waitFor(Promise.all(files.map(work)));
				expect(order).toEqual([...files.keys()]);
			},
		),
	);
});

test('goes on after a file that could not be loaded', async () => {
	const room = createRoom(100);
	const failing = room.load(async () => await Promise.reject(new Error('gone')));
	const next = room.load(async () => await Promise.resolve({ data: new Uint8Array(1) }));
	await expect(failing).rejects.toThrow('gone');
	expect((await next).data.byteLength).toBe(1);
});

test('reads a file whose size is known only when it fits', async () => {
	const room = createRoom(100);
	const read: number[] = [];
	const load = async (bytes: number) =>
		await room.load(async () => {
			read.push(bytes);
			return await Promise.resolve({ data: new Uint8Array(bytes) });
		}, bytes);
	await load(60);
	const others = [load(50), load(40)];
	await new Promise(setImmediate);
	expect(read).toEqual([60]);
	room.release(60);
	await Promise.all(others);
	expect(read).toEqual([60, 50, 40]);
});
