import type { sleep as Sleep } from 'n8n-workflow';

const actual = jest.requireActual<{ sleep: typeof Sleep }>('n8n-workflow');

/** n8n-workflow whose waits take a twentieth of their time, for tests in which a server stays down. */
export const n8nWorkflow = {
	...actual,
	sleep: async (ms: number, signal?: AbortSignal) => {
		await actual.sleep(ms / 20, signal);
	},
};

/** Lets the node's own clock run as much faster, so that what it measures fits its waits. */
export function useFastClock(): void {
	const now = performance.now.bind(performance);
	jest.spyOn(performance, 'now').mockImplementation(() => 20 * now());
}
