import { connect, createServer, type AddressInfo } from 'node:net';

export interface Door {
	/** As the sandbox sees it in the Host header of what came through. */
	host: string;
	close(): Promise<void>;
}

/** Another address of a server on loopback: who uses it alone can be told from all others. */
export async function openDoor(url: string): Promise<Door> {
	const { port } = new URL(url);
	const server = createServer((outside) => {
		const inside = connect(Number(port), '127.0.0.1');
		outside.pipe(inside).pipe(outside);
		outside.once('error', () => inside.destroy());
		inside.once('error', () => outside.destroy());
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
			});
		},
	};
}
