import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { openFiles } from '../../../nodes/WhatsCloud/files/runFiles';

/** The files of an item in an n8n whose requests are answered with these bytes. */
function filesWith(bodyOf: (options: IHttpRequestOptions) => AsyncIterable<Uint8Array>) {
	const asked: string[] = [];
	const httpRequest = async (options: IHttpRequestOptions) => {
		asked.push(options.url);
		return await Promise.resolve({ statusCode: 200, headers: {}, body: bodyOf(options) });
	};
	const context = { helpers: { httpRequest } } as unknown as IExecuteFunctions;
	const ended = new AbortController().signal;
	return { asked, files: openFiles(context, { timeout: 50, ended })(0) };
}

test('of a share link the file itself is fetched', async () => {
	const { asked, files } = filesWith(async function* () {
		yield await Promise.resolve(Buffer.from('89504e470d0a1a0a', 'hex'));
	});
	const links = [
		'https://github.com/owner/repo/blob/main/photo.png',
		'https://drive.google.com/open?id=1-Ab_c',
		'https://example.com/photo.PNG',
	];
	for (const url of links) await files.fileToUpload({ kind: 'image', url });
	expect(asked).toEqual([
		'https://raw.githubusercontent.com/owner/repo/main/photo.png',
		'https://drive.google.com/uc?export=download&id=1-Ab_c',
		'https://example.com/photo.PNG',
	]);
});

test('a file that stops to arrive is given up after the time of the option', async () => {
	const { files } = filesWith(async function* ({ abortSignal }) {
		yield Buffer.from('89504e47', 'hex');
		await new Promise((_, reject) => {
			abortSignal?.addEventListener?.('abort', () => {
				reject(new Error('aborted'));
			});
		});
	});
	const file = { kind: 'image', url: 'https://example.com/photo.PNG' } as const;
	await expect(files.fileToUpload(file)).rejects.toThrow(
		"The file at example.com/photo.PNG can't be downloaded",
	);
});
