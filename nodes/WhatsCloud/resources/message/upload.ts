import { requiredText } from '../../fields/values';
import type { Field, FileSource } from '../../operation';
import type { MediaKind } from '../../whatsapp/media';
import { checkSize, maxBytes, uploadName, urlNeedsUpload } from '../../whatsapp/media';

/** A file as it is uploaded, under a name that the server accepts (quirk 17). */
export interface Upload {
	name: string;
	mimeType: string;
	data: Uint8Array;
}

/** One of the two. */
export interface OutgoingFile {
	url?: string;
	upload?: Upload;
}

/** The name of a binary property of the item. */
export function binaryField(displayName: string): Field<string> {
	const name = requiredText({
		displayName,
		hint: 'The name of the input field containing the file',
		description: 'The name under which the input item holds the file, often "data"',
	});
	return { ...name, property: { ...name.property, default: 'data' } };
}

/** @throws InputError for a file that this kind of message does not take, as far as known unread */
export function checkFile(kind: MediaKind, file: FileSource): void {
	uploadName({ kind, ...file });
	if (file.size !== undefined) checkSize(kind, file.size);
}

/** @throws InputError for a file that this kind of message does not take */
export async function readUpload(kind: MediaKind, file: FileSource): Promise<Upload> {
	checkFile(kind, file);
	const data = await file.read(maxBytes(kind));
	checkSize(kind, data.byteLength);
	return { name: uploadName({ kind, ...file }), mimeType: file.mimeType ?? '', data };
}

/**
 * The URL, or the file itself where the server would refuse the URL because of its ending (quirk 17).
 * @throws InputError when the file can't be fetched or is not of this kind
 */
export async function fileByUrl(
	kind: MediaKind,
	url: string,
	download: (url: string) => Promise<FileSource>,
): Promise<OutgoingFile> {
	if (!urlNeedsUpload(url, kind)) return { url };
	return { upload: await readUpload(kind, await download(url)) };
}
