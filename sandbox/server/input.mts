import type { FastifyRequest } from 'fastify';
import qs from 'qs';
import { readFileContent, type FileContent } from './fileContent.mts';

export type Input = Record<string, unknown>;

export interface UploadedFile extends FileContent {
	name: string;
	mime: string;
}

export interface ReceivedFile extends UploadedFile {
	field: string;
}

const uploads = new WeakSet();

export function isUpload(value: unknown): value is UploadedFile {
	return typeof value === 'object' && value !== null && uploads.has(value);
}

export function isObject(value: unknown): value is Input {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUpload(value);
}

function refuseHalfCharacters(key: string, value: unknown): unknown {
	if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
		throw new SyntaxError('Half of a surrogate pair');
	}
	return value;
}

/** Malformed JSON counts as an empty body, and so does text that was cut inside an emoji. */
export function parseJson(text: string): Input {
	try {
		const value: unknown = JSON.parse(text, refuseHalfCharacters);
		return isObject(value) ? value : {};
	} catch {
		return {};
	}
}

export function parseForm(text: string): Input {
	return qs.parse(text, { depth: 10, duplicates: 'last' });
}

/** What the framework trims: more than blanks, also what no eye sees. */
const invisible =
	'[\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\uffa0]+';
const outside = new RegExp(`^${invisible}|${invisible}$`, 'g');

/** Strings are trimmed, and an empty one becomes null (quirk 24). */
export function normalise(value: unknown): unknown {
	if (typeof value === 'string') return value.replaceAll(outside, '') || null;
	if (Array.isArray(value)) return value.map(normalise);
	if (isObject(value)) {
		return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, normalise(part)]));
	}
	return value;
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
				const { fieldname: field, filename: name, mimetype: mime } = part;
				files.push({ field, name, mime, ...(await readFileContent(part.file)) });
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
