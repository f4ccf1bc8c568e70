import { sleep } from 'n8n-workflow';

import { ANSWER_TOO_LARGE, NetworkFailure } from '../../api/http';

/** The body of an answer while it arrives. */
export type Arriving = AsyncIterable<Uint8Array>;

export interface Bounds {
	bytes: number;
	ms: number;
	/** Aborts the request; nothing else ends a body of n8n's helper that has stopped to arrive. */
	giveUp: AbortController;
}

/**
 * Reads a body to its end. n8n's helper sets no limit to the size of an answer, and its timeout ends with
 * the answer's head: without these bounds one answer could fill n8n's memory or hold a run for ever.
 * @throws NetworkFailure as the reason of `giveUp`, or the connection's own error
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

async function* bounded(body: Arriving, { bytes, ms, giveUp }: Bounds): AsyncGenerator<Uint8Array> {
	const finished = new AbortController();
	sleep(ms, finished.signal).then(
		() => giveUp.abort(new NetworkFailure('ETIMEDOUT')),
		() => undefined,
	);
	let received = 0;
	try {
		for await (const chunk of body) {
			received += chunk.byteLength;
			if (received > bytes) giveUp.abort(new NetworkFailure(ANSWER_TOO_LARGE));
			giveUp.signal.throwIfAborted();
			yield chunk;
		}
	} finally {
		finished.abort();
	}
}
