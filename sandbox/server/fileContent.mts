import { createHash } from 'node:crypto';

const largestKept = 5 * 1024 * 1024;

export interface FileContent {
	bytes: number;
	sha256: string;
	/** Only of small files, to show them. */
	content?: Buffer;
}

/** Hashes while reading, so that a document of 100 MB costs no memory. */
export async function readFileContent(stream: AsyncIterable<Uint8Array>): Promise<FileContent> {
	const hash = createHash('sha256');
	let bytes = 0;
	let kept: Uint8Array[] = [];
	for await (const chunk of stream) {
		hash.update(chunk);
		bytes += chunk.length;
		if (bytes <= largestKept) kept.push(chunk);
		else kept = [];
	}
	const content = bytes <= largestKept ? Buffer.concat(kept) : undefined;
	return { bytes, sha256: hash.digest('hex'), content };
}
