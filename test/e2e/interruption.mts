/** jest dies of Ctrl-C without a globalTeardown; what a globalSetup started must not outlive it. */
export function interruption(): AbortSignal {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(name, () => {
			controller.abort();
			process.exit(130);
		});
	}
	return controller.signal;
}
