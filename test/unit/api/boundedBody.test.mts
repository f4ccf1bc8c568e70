import { addAbortSignal, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { boundedBytes } from '../../../nodes/WhatsCloud/api/http';

/** As with n8n's helper, giving up is what ends the stream. */
async function read(stream: Readable): Promise<string> {
	const giveUp = new AbortController();
	addAbortSignal(giveUp.signal, stream);
	const read = boundedBytes(stream, { bytes: 1_000, ms: 100, giveUp });
	return await read.then(
		(bytes) => Buffer.from(bytes).toString(),
		(error: unknown) => {
			throw giveUp.signal.reason ?? error;
		},
	);
}

test.each([
	['nothing', [], ''],
	['one chunk', ['{"a":1}'], '{"a":1}'],
	['several chunks', ['{"a"', ':1', '}'], '{"a":1}'],
])('reads %s', async (_name, chunks, text) => {
	expect(await read(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))).toBe(text);
});

test('puts characters together that arrive in two halves', async () => {
	const bytes = Buffer.from('Çağla 🎉');
	const chunks = Array.from(bytes, (byte) => Buffer.of(byte));
	expect(await read(Readable.from(chunks))).toBe('Çağla 🎉');
});

test('gives up an answer without end, and closes it', async () => {
	const endless = Readable.from(
		(function* () {
			for (;;) yield Buffer.alloc(100);
		})(),
	);
	await expect(read(endless)).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
	expect(endless.destroyed).toBe(true);
});

test('gives up an answer that stops arriving, and closes it', async () => {
	const slow = new Readable({ read: () => undefined });
	slow.push(Buffer.from('{"a"'));
	await expect(read(slow)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
	expect(slow.destroyed).toBe(true);
});

test('passes on the error of a connection that breaks', async () => {
	const broken = new Readable({ read: () => undefined });
	void sleep(20).then(() =>
		broken.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
	);
	await expect(read(broken)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
