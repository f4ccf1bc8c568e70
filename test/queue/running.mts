/** Handed from globalSetup to globalTeardown, which jest runs in one process; the last began first. */
export const running: { stops: Array<() => Promise<void> | void> } = { stops: [] };

export async function stopAll(): Promise<void> {
	for (const stop of running.stops.splice(0).reverse()) await stop();
}
