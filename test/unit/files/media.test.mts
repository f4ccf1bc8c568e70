import { InputError } from '../../../nodes/WhatsCloud/checks/InputError';
import { formatOf } from '../../../nodes/WhatsCloud/files/fileFormat';
import { plainName } from '../../../nodes/WhatsCloud/files/fileFormat';
import { checkSize, mediaKindOf, type MediaKind } from '../../../nodes/WhatsCloud/files/media';
import { checkMediaUrl, fileNameOf, urlNeedsUpload } from '../../../nodes/WhatsCloud/files/media';
import { documentName, uploadName } from '../../../nodes/WhatsCloud/files/uploadName';

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
	expect(uploadName({ kind, fileName, mimeType }).name).toBe(name);
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
	['photo.heic', 'image/heic', 'The file "photo.heic" can\'t be sent as an image'],
	['', 'image/heic', "A file of type image/heic can't be sent as an image"],
	['', '', "A file without name and type can't be sent as an image"],
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
	['https://x.example/a b.jpg', 'https://x.example/a%20b.jpg'],
	['https://x.example/a\u00a0b.jpg', 'https://x.example/a%C2%A0b.jpg'],
	['\u200bhttps://x.example/a.jpg', 'https://x.example/a.jpg'],
	['\ufeff https://x.example/a\u200b.jpg \u2060', 'https://x.example/a.jpg'],
	[
		'https://x.example/?next=https://y.example/a.jpg',
		'https://x.example/?next=https://y.example/a.jpg',
	],
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
	['https://a.example/1.png, https://a.example/2.png', 'is not an address'],
	['https://a.example/1.png\nsecond line', 'is not an address'],
	['\u200b', 'The URL of the file is missing'],
	[`data:${'x'.repeat(500)}`, '…" is not an address'],
])('the URL %p is refused', (url, message) => {
	const error = errorOf(() => checkMediaUrl(url));
	expect(error).toBeInstanceOf(InputError);
	expect(error).toMatchObject({
		message: expect.stringContaining(message) as string,
		description: expect.stringContaining('https://example.com/photo.png') as string,
	});
});

/** One character for each byte. */
function bytes(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const FORMATS: Array<[begins: string, one: string]> = [
	['\xff\xd8\xff\xe0', 'a JPEG image'],
	['\x89PNG\r\n\x1a\n\0', 'a PNG image'],
	['GIF89a...', 'a GIF image'],
	['RIFF\x10\0\0\0WEBPVP8 ', 'a WebP image'],
	['RIFF\x10\0\0\0WAVEfmt ', 'a WAV sound'],
	['RIFF\x10\0\0\0AVI LIST', 'an AVI video'],
	['\0\0\0\x18ftypheic', 'a HEIC image'],
	['\0\0\0\x18ftypavif', 'an AVIF image'],
	['\0\0\0\x18ftypmp42', 'an MP4 file'],
	['\0\0\0\x18ftypM4A ', 'an MP4 file'],
	['\x1a\x45\xdf\xa3', 'a WebM or Matroska video'],
	['OggS\0', 'an Ogg file'],
	['#!AMR\n', 'an AMR sound'],
	['ID3\x04', 'an MP3 sound'],
	['%PDF-1.7\n', 'a PDF document'],
	['PK\x03\x04\x14\0', 'a ZIP archive or an Office document'],
	['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an Office document'],
	['<html xmlns:o="urn:schemas-microsoft-com:office:office">', 'an Office document'],
	['{\\rtf1', 'an RTF document'],
	['\x1f\x8b\x08', 'a compressed archive'],
	['<!DOCTYPE html><html>', 'a web page (HTML)'],
	['\xef\xbb\xbf\n<!-- a -->\n<HTML lang="en">', 'a web page (HTML)'],
	['<?xml version="1.0"?>\n<svg ', 'an SVG drawing'],
	['<svg xmlns=', 'an SVG drawing'],
	['<?xml version="1.0"?><error/>', 'an XML file'],
	['{"error":"not found"}', 'JSON data'],
	[' [\n {"a":1}]', 'JSON data'],
];

test.each(FORMATS)('%j is %s', (begins, one) => {
	expect(formatOf(bytes(begins))?.one).toBe(one);
});

test.each([
	'',
	'PK',
	'PKW-Liste: 3 Stück',
	'Hello',
	'<3 you',
	'[Draft] Terms',
	'{name}, welcome',
	'BMW',
])('%j is no format', (begins) => {
	expect(formatOf(bytes(begins))).toBeUndefined();
});

test.each<[MediaKind, string, string, begins: string, name: string, uploadedType: string]>([
	['image', 'photo.jpg', 'image/jpeg', '\xff\xd8\xff', 'photo.jpeg', 'image/jpeg'],
	['image', 'photo.jpg', 'image/jpeg', '\x89PNG\r\n\x1a\n', 'photo.png', 'image/png'],
	['image', 'photo', 'application/octet-stream', '\xff\xd8\xff', 'photo.jpeg', 'image/jpeg'],
	['image', '', '', '\x89PNG\r\n\x1a\n', 'image.png', 'image/png'],
	['audio', 'note.mp3', 'audio/mpeg', 'OggS', 'note.ogg', 'audio/ogg'],
	['audio', 'note.m4a', 'audio/mp4', '\0\0\0\x18ftypisom', 'note.m4a', 'audio/mp4'],
	['video', 'clip.3gp', 'video/3gpp', '\0\0\0\x18ftyp3gp5', 'clip.3gp', 'video/3gpp'],
	['video', 'clip', '', '\0\0\0\x18ftypmp42', 'clip.mp4', 'video/mp4'],
	['document', 'file', '', '%PDF-1.4', 'file.pdf', 'application/pdf'],
	['document', 'list.xlsx', 'application/zip', 'PK\x03\x04', 'list.xlsx', 'application/vnd.o'],
	['document', 'secret.docx', '', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'secret.docx', ''],
	['document', 'list.xls', '', '<html urn:schemas-microsoft-com:office:excel', 'list.xls', ''],
	['document', 'answer.txt', 'text/plain', '{"a":1}', 'answer.txt', 'text/plain'],
	['document', 'page.txt', '', '<html>', 'page.txt', 'text/plain'],
])('as %s, %p of type %p that begins with %j is uploaded as %p', (...given) => {
	const [kind, fileName, mimeType, begins, name, type] = given;
	const upload = uploadName({ kind, fileName, mimeType }, bytes(begins));
	expect(upload.name).toBe(name);
	expect(upload.mimeType).toContain(type);
});

test.each<[MediaKind, string, string, begins: string, message: string]>([
	['image', 'a.jpg', 'image/jpeg', '<!doctype html>', 'The file "a.jpg" is a web page (HTML) and'],
	['image', 'a.jpg', 'image/jpeg', '{"error":1}', 'The file "a.jpg" is JSON data and'],
	['image', 'a.jpg', 'image/jpeg', 'RIFF\x10\0\0\0WEBP', 'The file "a.jpg" is a WebP image and'],
	['image', 'a.png', 'image/png', 'GIF87a', 'The file "a.png" is a GIF image and'],
	['image', 'a.png', 'image/png', '%PDF-', 'The file "a.png" is a PDF document and'],
	['image', 'a.jpg', 'image/webp', 'x', 'The file "a.jpg" can\'t be sent as an image'],
	['image', 'a.jpg', 'Text/HTML; charset=utf-8', 'x', 'The file "a.jpg" can\'t be sent'],
	['image', 'a.jpg', 'application/json', 'x', 'The file "a.jpg" can\'t be sent'],
	['audio', 'a.mp3', 'audio/mpeg', 'RIFF\x10\0\0\0WAVE', 'is a WAV sound and'],
	['video', 'a.mp4', 'video/mp4', '\x1a\x45\xdf\xa3', 'is a WebM or Matroska video and'],
	['document', 'a.pdf', 'application/pdf', '<html>', 'is a web page (HTML) and'],
	['document', 'a.docx', '', '%PDF-', "and can't be sent as a document under a name that ends in"],
	['document', 'a', '', 'PK\x03\x04', 'is a ZIP archive or an Office document and'],
	['document', 'a.txt', 'text/plain', '\x89PNG\r\n\x1a\n', 'is a PNG image and'],
])('as %s, %p of type %p that begins with %j is refused', (...given) => {
	const [kind, fileName, mimeType, begins, message] = given;
	const error = errorOf(() => uploadName({ kind, fileName, mimeType }, bytes(begins)));
	expect(error).toBeInstanceOf(InputError);
	expect((error as InputError).message).toContain(message);
	expect((error as InputError).description).toContain('WhatsCloud accepts');
});

test.each([
	['Invoice.pdf', '', '', 'Invoice.pdf', 'document.pdf'],
	['Invoice.pdf', 'blob', 'application/octet-stream', 'Invoice.pdf', 'blob.pdf'],
	['Invoice 1001', 'x.pdf', '', 'Invoice 1001.pdf', 'x.pdf'],
	['Invoice No. 12', '', 'application/pdf', 'Invoice No. 12.pdf', 'document.pdf'],
	['Invoice.', '', 'application/pdf', 'Invoice.pdf', 'document.pdf'],
	['Invoice.PDF', 'x.pdf', '', 'Invoice.PDF', 'x.pdf'],
	['Rechnung 11/2024.pdf', 'x.pdf', '', 'Rechnung 11-2024.pdf', 'x.pdf'],
	['Rechnung 11/2024', 'x.pdf', '', 'Rechnung 11-2024.pdf', 'x.pdf'],
])('File Name %p for %p of type %p: %p arrives', (givenName, fileName, mimeType, shown, name) => {
	const file = { kind: 'document', givenName, fileName, mimeType } as const;
	expect(uploadName(file).name).toBe(name);
	expect(documentName(givenName, 'pdf')).toBe(shown);
});

test.each(['Invoice.docx', 'Invoice.jpg', 'list.csv', 'Invoice.pdf.zip'])(
	'File Name %p for a PDF is refused',
	(givenName) => {
		const error = errorOf(() => documentName(givenName, 'pdf'));
		expect(error).toBeInstanceOf(InputError);
		expect((error as InputError).message).toContain('but the file is a .pdf file');
	},
);

test.each([
	['Rechnung 11/2024.pdf', 'Rechnung 11-2024.pdf'],
	['AC\\DC.pdf', 'AC-DC.pdf'],
	['/tmp/out/photo.jpg', 'photo.jpg'],
	['./photo.jpg', 'photo.jpg'],
	['../a/photo.jpg', 'photo.jpg'],
	['~/photo.jpg', 'photo.jpg'],
	['C:\\Users\\ada\\photo.jpg', 'photo.jpg'],
	['cut \ud83d.pdf', 'cut .pdf'],
	['tab\there.pdf', 'tabhere.pdf'],
])('the file name %j arrives as %j', (given, name) => {
	expect(plainName(given)).toBe(name);
});

test.each([
	['https://example.com/a%20b/Our%20Terms.pdf?x=1', 'Our Terms.pdf'],
	['https://example.com/Rechnung%2011%2F2024.pdf', 'Rechnung 11-2024.pdf'],
	['https://example.com/100%.pdf', '100%.pdf'],
	['https://example.com/', ''],
])('the name of %s is %j', (url, name) => {
	expect(fileNameOf(url)).toBe(name);
});
