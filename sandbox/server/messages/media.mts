import type { Account } from '../account.mts';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { readFileContent, type FileContent } from '../fileContent.mts';
import { loopbackUrl } from '../loopback.mts';

export type MediaType = 'image' | 'video' | 'audio' | 'document';

const kinds: Record<MediaType, { extensions: string[]; maxMegabytes: number }> = {
	image: { extensions: ['jpeg', 'png'], maxMegabytes: 5 },
	video: { extensions: ['mp4', '3gp'], maxMegabytes: 16 },
	audio: { extensions: ['aac', 'amr', 'mp3', 'm4a', 'ogg'], maxMegabytes: 16 },
	document: {
		extensions: ['pdf', 'doc', 'docx', 'txt', 'xls', 'xlsx', 'ppt', 'pptx'],
		maxMegabytes: 100,
	},
};

export const mediaTypes = Object.keys(kinds) as MediaType[];

/** Quirk 17: `jpg` is not always among them. */
export function allowedExtensions({ behaviour }: Account, type: MediaType): string[] {
	const { extensions } = kinds[type];
	return type === 'image' && behaviour.jpg ? [...extensions, 'jpg'] : extensions;
}

/** The name decides, not the content: a file name or the path of a URL. */
export function extensionOf(nameOrUrl: string): string {
	const path = URL.canParse(nameOrUrl) ? new URL(nameOrUrl).pathname : nameOrUrl;
	return /\.([^./\\]*)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

export function maxMegabytes(type: MediaType): number {
	return kinds[type].maxMegabytes;
}

export function isTooLarge(type: MediaType, bytes: number): boolean {
	return bytes > kinds[type].maxMegabytes * 1024 * 1024;
}

export interface Download extends FileContent {
	ok: boolean;
	mime: string;
	/** From the Content-Length header, which is all the server looks at. */
	announcedBytes: number;
}

const maxRedirects = 5;
const timeoutMs = 10_000;

/** Gives back nothing where no server answered. */
export async function download(url: string): Promise<Download | undefined> {
	let target = loopbackUrl(url);
	try {
		for (let redirects = 0; target && redirects <= maxRedirects; redirects++) {
			const signal = AbortSignal.timeout(timeoutMs);
			const response: Response = await fetch(target, { redirect: 'manual', signal });
			const location = response.headers.get('location');
			if (response.status >= 300 && response.status < 400 && location !== null) {
				target = loopbackUrl(location, target.href);
				continue;
			}
			return await read(response);
		}
	} catch {
		// A failed connection and a broken download are the same to the server: unreachable.
	}
	return undefined;
}

async function read(response: Response): Promise<Download> {
	const { ok, headers, body } = response;
	const content = await readFileContent(
		body ? Readable.fromWeb(body as ReadableStream) : Readable.from([]),
	);
	return {
		ok,
		announcedBytes: Number(headers.get('content-length') ?? 0),
		mime: headers.get('content-type') ?? 'application/octet-stream',
		...content,
	};
}
