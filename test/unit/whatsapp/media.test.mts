import { InputError } from '../../../nodes/WhatsCloud/InputError';
import {
	checkMediaUrl,
	checkSize,
	mediaKindOf,
	type MediaKind,
	uploadName,
	urlNeedsUpload,
} from '../../../nodes/WhatsCloud/whatsapp/media';

const MIB = 1024 * 1024;

function errorOf(action: () => unknown): unknown {
	try {
		return action();
	} catch (error) {
		return error;
	}
}

const UPLOADED: Array<[kind: MediaKind, fileName: string, mimeType: string, uploadedAs: string]> = [
	['image', 'photo.jpeg', 'image/jpeg', 'photo.jpeg'],
	['image', 'photo.png', 'image/png', 'photo.png'],
	['image', 'photo.jpg', 'image/jpeg', 'photo.jpeg'],
	['image', 'PHOTO.JPG', 'image/jpeg', 'PHOTO.jpeg'],
	['image', 'photo.PNG', '', 'photo.png'],
	['image', 'photo.jfif', 'image/jpeg', 'photo.jpeg'],
	['image', 'photo', 'image/jpeg', 'photo.jpeg'],
	['image', '', 'image/png', 'image.png'],
	['image', '.jpg', '', 'image.jpeg'],
	['image', 'photo.', 'image/png', 'photo.png'],
	['image', 'download.php', 'image/png', 'download.php.png'],
	['image', 'my.best.photo.jpg', '', 'my.best.photo.jpeg'],
	['image', '/tmp/out/photo.jpg', '', 'photo.jpeg'],
	['image', 'C:\\Users\\ada\\photo.jpg', '', 'photo.jpeg'],
	['image', 'ph\u0000oto\r\n.jpg', '', 'photo.jpeg'],
	['image', 'Grüße 😀.jpg', '', 'Grüße 😀.jpeg'],
	['video', 'clip.mp4', 'video/mp4', 'clip.mp4'],
	['video', 'clip.m4v', 'video/x-m4v', 'clip.mp4'],
	['video', 'clip.3gpp', 'video/3gpp', 'clip.3gp'],
	['video', '', 'video/3gpp', 'video.3gp'],
	['audio', 'voice.ogg', 'audio/ogg; codecs=opus', 'voice.ogg'],
	['audio', 'voice.opus', 'audio/ogg', 'voice.ogg'],
	['audio', 'voice.oga', '', 'voice.ogg'],
	['audio', 'voice', 'Audio/OGG; codecs=opus', 'voice.ogg'],
	['audio', 'song', 'audio/mpeg', 'song.mp3'],
	['audio', 'song.mpga', '', 'song.mp3'],
	['audio', 'song.mp4', 'audio/mp4', 'song.m4a'],
	['audio', 'note.amr', 'audio/amr', 'note.amr'],
	['audio', 'note.aac', 'audio/aac', 'note.aac'],
	['document', 'report.pdf', 'application/pdf', 'report.pdf'],
	['document', 'REPORT.PDF', '', 'REPORT.pdf'],
	['document', 'Invoice No. 12', 'application/pdf', 'Invoice No. 12.pdf'],
	['document', 'report', 'application/pdf', 'report.pdf'],
	['document', 'list', 'application/vnd.ms-excel', 'list.xls'],
	[
		'document',
		'letter',
		'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		'letter.docx',
	],
	['document', 'notes.txt', 'text/plain', 'notes.txt'],
];

test.each(UPLOADED)('as %s, %p of type %p is uploaded as %p', (kind, fileName, mimeType, name) => {
	expect(uploadName({ kind, fileName, mimeType })).toBe(name);
});

const REFUSED: Array<[kind: MediaKind, fileName: string, mimeType: string, advice: RegExp]> = [
	['image', 'photo.webp', 'image/webp', /accepts jpeg and png files.*Convert the file to JPEG/],
	['image', 'photo.gif', 'image/gif', /Convert the file to JPEG/],
	['image', 'photo.heic', 'image/heic', /Convert the file to JPEG/],
	['image', 'drawing.svg', 'image/svg+xml', /Convert the file to JPEG/],
	['image', 'scan.pdf', 'application/pdf', /Choose Document as the media type/],
	['video', 'clip.mov', 'video/quicktime', /accepts mp4 and 3gp files.*Convert the file to MP4/],
	['video', 'clip.webm', 'video/webm', /Convert the file to MP4/],
	['video', 'song.mp3', 'audio/mpeg', /Choose Audio as the media type/],
	['audio', 'sound.wav', 'audio/wav', /Convert the file to MP3, M4A or Ogg/],
	['audio', 'sound.flac', 'audio/flac', /Convert the file to MP3/],
	['audio', 'clip.mp4', 'video/mp4', /Choose Video as the media type/],
	['document', 'photo.jpg', 'image/jpeg', /Choose Image as the media type/],
	['document', 'photo.webp', 'image/webp', /Save the file as PDF/],
	['document', 'table.csv', 'text/csv', /pdf, doc, docx, txt.*Save the file as PDF/],
	['document', 'all.zip', 'application/zip', /Save the file as PDF/],
	['document', 'report', 'application/octet-stream', /Save the file as PDF/],
	['document', '', '', /Save the file as PDF/],
	['document', 'report.constructor', 'constructor', /Save the file as PDF/],
];

test.each(REFUSED)('as %s, %p of type %p is refused', (kind, fileName, mimeType, advice) => {
	const error = errorOf(() => uploadName({ kind, fileName, mimeType }));
	expect(error).toBeInstanceOf(InputError);
	expect(error).toMatchObject({ description: expect.stringMatching(advice) as string });
});

test.each([
	['photo.heic', 'image/heic', 'The file "photo.heic" cannot be sent as an image'],
	['', 'image/heic', 'A file of type image/heic cannot be sent as an image'],
	['', '', 'A file without name and type cannot be sent as an image'],
])('the error names the file %p of type %p', (fileName, mimeType, message) => {
	expect(() => uploadName({ kind: 'image', fileName, mimeType })).toThrow(new InputError(message));
});

test.each([
	['photo.jpg', 'image/jpeg', 'image'],
	['photo.JPG', 'application/octet-stream', 'image'],
	['photo.webp', 'image/webp', 'image'],
	['clip.mov', 'video/quicktime', 'video'],
	['clip.3gp', undefined, 'video'],
	['voice.opus', undefined, 'audio'],
	['voice', 'audio/ogg; codecs=opus', 'audio'],
	['song.mp4', 'audio/mp4', 'audio'],
	['report.PDF', '', 'document'],
	[undefined, 'text/plain', 'document'],
	['all.zip', 'application/zip', undefined],
	[undefined, undefined, undefined],
])('%p of type %p is proposed as %p', (fileName, mimeType, kind) => {
	expect(mediaKindOf({ fileName, mimeType })).toBe(kind);
});

test.each<[MediaKind, number]>([
	['image', 5],
	['video', 16],
	['audio', 16],
	['document', 100],
])('%s may have %i MiB and not a byte more', (kind, maxMiB) => {
	expect(() => {
		checkSize(kind, maxMiB * MIB);
	}).not.toThrow();
	expect(() => {
		checkSize(kind, maxMiB * MIB + 1);
	}).toThrow(new RegExp(`has ${maxMiB}\\.1 MB, but .* at most ${maxMiB} MB$`));
});

test('an empty file is refused', () => {
	expect(() => {
		checkSize('image', 0);
	}).toThrow(new InputError('The file is empty'));
});

test.each<[string, MediaKind, boolean]>([
	['https://example.com/photo.png', 'image', false],
	['https://example.com/photo.jpeg?size=2', 'image', false],
	['https://example.com/photo.jpg', 'image', true],
	['https://example.com/photo.PNG', 'image', true],
	['https://example.com/photo', 'image', true],
	['https://example.com/download?file=photo.png', 'image', true],
	['https://example.com/photo.png/', 'image', true],
	['https://example.png', 'image', true],
	['https://example.com/v1.0/report.pdf#page=2', 'document', false],
	['https://example.com/report.pdf', 'image', true],
	['https://example.com/voice.ogg', 'audio', false],
	['https://example.com/clip.mp4', 'video', false],
])('%s as %s has to be uploaded: %p', (url, kind, needed) => {
	expect(urlNeedsUpload(url, kind)).toBe(needed);
});

test.each([
	['https://example.com/photo.png', 'https://example.com/photo.png'],
	[' http://example.com/a?b=c#d\n', 'http://example.com/a?b=c#d'],
	['HTTPS://EXAMPLE.COM/a', 'HTTPS://EXAMPLE.COM/a'],
	['https://example.com/größe.png', 'https://example.com/größe.png'],
])('the URL %p passes as %p', (url, checked) => {
	expect(checkMediaUrl(url)).toBe(checked);
});

test.each([
	[undefined, 'The URL of the file is missing'],
	['', 'The URL of the file is missing'],
	['  ', 'The URL of the file is missing'],
	[12, 'The URL of the file is not text'],
	['example.com/a.png', '"example.com/a.png" is not'],
	['file:///etc/passwd', '"file:///etc/passwd" is not'],
	['ftp://example.com/a.png', '"ftp://example.com/a.png" is not'],
	['data:image/png;base64,AAAA', '"data:image/png;base64,AAAA" is not'],
	['https://', '"https://" is not'],
	['https:///a.png', '"https:///a.png" is not'],
	['https://exa mple.com/a.png', '"https://exa mple.com/a.png" is not'],
	['https://a.example/1.png https://a.example/2.png', 'is not an address'],
	[`data:${'x'.repeat(500)}`, '…" is not an address'],
])('the URL %p is refused', (url, message) => {
	const error = errorOf(() => checkMediaUrl(url));
	expect(error).toBeInstanceOf(InputError);
	expect(error).toMatchObject({
		message: expect.stringContaining(message) as string,
		description: expect.stringContaining('https://example.com/photo.png') as string,
	});
});
