import { createServer } from 'node:net';

async function portIfFree(port: number): Promise<number | undefined> {
	const server = createServer();
	return await new Promise((resolve) => {
		server.once('error', () => {
			resolve(undefined);
		});
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			const taken = typeof address === 'object' && address !== null ? address.port : undefined;
			server.close(() => {
				resolve(taken);
			});
		});
	});
}

/** The first free loopback port from the wanted one on, or any free one. */
export async function freePort(wanted?: number): Promise<number> {
	const candidates =
		wanted === undefined ? [0] : Array.from({ length: 100 }, (_, step) => wanted + step);
	for (const candidate of candidates) {
		const port = await portIfFree(candidate);
		if (port !== undefined) return port;
	}
	throw new Error(`No free port from ${wanted ?? 0} on.`);
}
