export interface LaneOptions<Item> {
	/** How many items are worked on at the same time. */
	parallel: number;
	/** Items of the same lane are worked on one after the other, in their order. */
	laneOf(item: Item): string | undefined;
	/** From then on no item is begun; those under way finish. */
	isStopped(): boolean;
}

/**
 * Works on all items, the earliest first. An item whose lane is busy waits for its turn in that lane, and
 * those after it go ahead. `work` must not reject.
 */
export async function runInLanes<Item>(
	items: readonly Item[],
	{ parallel, laneOf, isStopped }: LaneOptions<Item>,
	work: (item: Item) => Promise<void>,
): Promise<void> {
	const coming = items.values();
	/** For each busy lane, the items that came meanwhile. */
	const parked = new Map<string, Item[]>();

	async function worker(): Promise<void> {
		for (const item of coming) {
			const lane = laneOf(item);
			const busy = lane === undefined ? undefined : parked.get(lane);
			if (busy) {
				busy.push(item);
				continue;
			}
			// Others park items in this list while it is gone through.
			const queue = [item];
			if (lane !== undefined) parked.set(lane, queue);
			for (const next of queue) {
				if (isStopped()) return;
				await work(next);
			}
			if (lane !== undefined) parked.delete(lane);
		}
	}

	await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
}
