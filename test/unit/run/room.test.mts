import fc from 'fast-check';

import { createRoom } from '../../../nodes/WhatsCloud/files/room';

test('holds no more than the limit, or one file alone, and lets everybody in, in turn', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 40 }),
			fc.scheduler(),
			async (files, scheduler) => {
				const room = createRoom(100);
				const inside: number[] = [];
				const order: number[] = [];
				const work = async (bytes: number, index: number) => {
					await room.hold(bytes);
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

test('says who had to wait', async () => {
	const room = createRoom(100);
	expect([await room.hold(60), await room.hold(40)]).toEqual([false, false]);
	const third = room.hold(1);
	room.release(60);
	expect(await third).toBe(true);
});
