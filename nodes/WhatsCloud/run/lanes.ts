export interface LaneOptions {
	/** How many items are worked on at the same time. */
	parallel: number;
	/** Items of the same lane are worked on one after the other, in their order. */
	laneOf(index: number): string | undefined;
	/** From then on no item is begun; those under way finish. */
	isStopped(): boolean;
}

/**
 * Works on `count` items, the earliest first. An item whose lane is busy waits for its turn in that lane,
 * and those after it go ahead. `work` must not reject.
 */
export async function runInLanes(
	count: number,
	{ parallel, laneOf, isStopped }: LaneOptions,
	work: (index: number) => Promise<void>,
): Promise<void> {
	const waitingByLane = new Map<string, number[]>();
	let next = 0;

	/** The next item that may begin; parks those whose lane is busy. */
	function take(): { index: number; lane?: string } | undefined {
		while (next < count) {
			const index = next++;
			const lane = laneOf(index);
			if (lane === undefined) return { index };
			const waiting = waitingByLane.get(lane);
			if (!waiting) {
				waitingByLane.set(lane, []);
				return { index, lane };
			}
			waiting.push(index);
		}
		return undefined;
	}

	async function worker(): Promise<void> {
		for (let taken = take(); taken; taken = take()) {
			const waiting = taken.lane === undefined ? [] : (waitingByLane.get(taken.lane) ?? []);
			// Others park items in this list while it is gone through.
			waiting.unshift(taken.index);
			for (const index of waiting) {
				if (isStopped()) return;
				await work(index);
			}
			if (taken.lane !== undefined) waitingByLane.delete(taken.lane);
		}
	}

	await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
}
