import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import qs from 'qs';

export type Input = Record<string, unknown>;

export interface UploadedFile {
	name: string;
	mime: string;
	bytes: number;
	sha256: string;
	/** Only of small files, to show them. */
	content?: Buffer;
}

const largestShownFile = 5 * 1024 * 1024;
const uploads = new WeakSet();

export function isUpload(value: unknown): value is UploadedFile {
	return typeof value === 'object' && value !== null && uploads.has(value);
}

export function isObject(value: unknown): value is Input {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUpload(value);
}

/** Malformed JSON counts as an empty body. */
export function parseJson(text: string): Input {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : {};
	} catch {
		return {};
	}
}

export function parseForm(text: string): Input {
	return qs.parse(text, { depth: 10, duplicates: 'last' });
}

/** Strings are trimmed, and an empty one becomes null (quirk 24). */
export function normalise(value: unknown): unknown {
	if (typeof value === 'string') return value.trim() || null;
	if (Array.isArray(value)) return value.map(normalise);
	if (isObject(value)) {
		return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, normalise(part)]));
	}
	return value;
}

export interface ReceivedFile extends UploadedFile {
	field: string;
}

/** Hashes while reading, so that a document of 100 MB costs no memory. */
async function receive(
	name: string,
	mime: string,
	stream: AsyncIterable<Buffer>,
): Promise<UploadedFile> {
	const hash = createHash('sha256');
	let bytes = 0;
	let kept: Buffer[] = [];
	for await (const chunk of stream) {
		hash.update(chunk);
		bytes += chunk.length;
		if (bytes <= largestShownFile) kept.push(chunk);
		else kept = [];
	}
	const content = bytes <= largestShownFile ? Buffer.concat(kept) : undefined;
	const upload = { name, mime, bytes, sha256: hash.digest('hex'), content };
	uploads.add(upload);
	return upload;
}

export interface ReadBody {
	input: Input;
	files: ReceivedFile[];
}

async function readMultipart(request: FastifyRequest): Promise<ReadBody> {
	const pairs: string[] = [];
	const files: ReceivedFile[] = [];
	try {
		for await (const part of request.parts()) {
			if (part.type === 'file') {
				const upload = await receive(part.filename, part.mimetype, part.file);
				files.push({ field: part.fieldname, ...upload });
			} else {
				pairs.push(
					`${encodeURIComponent(part.fieldname)}=${encodeURIComponent(String(part.value))}`,
				);
			}
		}
	} catch {
		// A malformed multipart body counts as far as it could be read, as in PHP.
	}
	const input = parseForm(pairs.join('&').replaceAll('%5B', '[').replaceAll('%5D', ']'));
	for (const file of files) {
		uploads.add(file);
		input[file.field] = file;
	}
	return { input, files };
}

export async function readBody(request: FastifyRequest): Promise<ReadBody> {
	const { input, files } = request.isMultipart()
		? await readMultipart(request)
		: { input: isObject(request.body) ? request.body : {}, files: [] };
	return { input: normalise(input) as Input, files };
}
