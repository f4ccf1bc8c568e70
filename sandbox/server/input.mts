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
