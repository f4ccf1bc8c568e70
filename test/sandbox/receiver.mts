import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
	headers: IncomingHttpHeaders;
	/** The bytes as they came. */
	raw: string;
	body: Record<string, unknown>;
	atMs: number;
}

export interface Receiver {
	url: string;
	received: Received[];
	/** Answers to the next deliveries, in order; 200 when none is left. */
	answers: number[];
	/** Waits until so many came. */
	atLeast: (count: number) => Promise<Received[]>;
	close: () => Promise<void>;
}

/** A plain HTTP server in the place of n8n. */
export async function startReceiver(): Promise<Receiver> {
	const received: Received[] = [];
	const answers: number[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const raw = Buffer.concat(chunks).toString();
			const body = JSON.parse(raw) as Record<string, unknown>;
			received.push({ headers: request.headers, raw, body, atMs: performance.now() });
			response.writeHead(answers.shift() ?? 200).end();
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
		received,
		answers,
		atLeast: async (count) => {
			const deadline = performance.now() + 5000;
			while (received.length < count) {
				if (performance.now() > deadline) {
					throw new Error(`Only ${received.length} of ${count} deliveries came within 5 s.`);
				}
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
			return received;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
