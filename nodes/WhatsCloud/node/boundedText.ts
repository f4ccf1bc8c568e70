import { sleep } from 'n8n-workflow';

import { ANSWER_TOO_LARGE, NetworkFailure } from '../api/http';

/** The body of an answer while it arrives. */
export interface Arriving extends AsyncIterable<Uint8Array> {
	destroy(reason: Error): void;
}

export interface Bounds {
	bytes: number;
	ms: number;
}

/**
 * Reads a body to its end. n8n's helper sets no limit to the size of an answer, and its timeout ends with
 * the answer's head: without these bounds one answer could fill n8n's memory or hold a run for ever.
 * @throws NetworkFailure, or the connection's own error
 */
export async function boundedText(body: Arriving, bounds: Bounds): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	for await (const chunk of bounded(body, bounds)) text += decoder.decode(chunk, { stream: true });
	return text + decoder.decode();
}

/** Like `boundedText`, for files. */
export async function boundedBytes(body: Arriving, bounds: Bounds): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of bounded(body, bounds)) chunks.push(chunk);
	return Buffer.concat(chunks);
}

async function* bounded(body: Arriving, { bytes, ms }: Bounds): AsyncGenerator<Uint8Array> {
	const finished = new AbortController();
	sleep(ms, finished.signal).then(
		() => body.destroy(new NetworkFailure('ETIMEDOUT')),
		() => undefined,
	);
	let received = 0;
	try {
		for await (const chunk of body) {
			received += chunk.byteLength;
			// Leaving the loop closes the connection.
			if (received > bytes) throw new NetworkFailure(ANSWER_TOO_LARGE);
			yield chunk;
		}
	} finally {
		finished.abort();
	}
}
