import { InputError } from '../../../nodes/WhatsCloud/checks/text';
import {
	checkSize,
	plainName,
	uploadName,
	withEnding,
} from '../../../nodes/WhatsCloud/files/formats';
import type { MediaKind } from '../../../nodes/WhatsCloud/operation';

const MIB = 1024 * 1024;

function errorOf(action: () => unknown): unknown {
	try {
		return action();
	} catch (error) {
		return error;
	}
}

/** One character for each byte. */
function bytes(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const MP4 = '\0\0\0\x18ftypmp42';
const PROTECTED = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

/** How files begin, by the ending that WhatsCloud knows them under. */
const CONTENT = Object.fromEntries(
	Object.entries({
		jpeg: '\xff\xd8\xff\xe0',
		png: '\x89PNG\r\n\x1a\n\0',
		mp4: MP4,
		'3gp': '\0\0\0\x18ftyp3gp5',
		m4a: '\0\0\0\x18ftypM4A ',
		mp3: 'ID3\x04',
		aac: '\xff\xf1\x50\x80',
		amr: '#!AMR\n',
		ogg: 'OggS\0\x02\0\0\0\0\0\0\0\0\x01\x02\x03\x04\0\0\0\0\x05\x06\x07\x08\x01\x13OpusHead\x01',
		pdf: '%PDF-1.7\n',
		docx: 'PK\x03\x04\x14\0',
		xls: PROTECTED,
		txt: 'Hello',
	}).map(([ending, text]) => [ending, bytes(text)]),
) as Record<string, Uint8Array> & { pdf: Uint8Array };

const UPLOADED: Array<[kind: MediaKind, fileName: string, mimeType: string, uploadedAs: string]> = [
	['image', 'photo.jpeg', 'image/jpeg', 'photo.jpeg'],
	['image', 'photo.png', 'image/png', 'photo.png'],
	['image', 'photo.jpg', 'image/jpeg', 'photo.jpeg'],
	['image', 'PHOTO.JPG', 'image/jpeg', 'PHOTO.jpeg'],
	['image', 'photo.PNG', '', 'photo.png'],
	['image', 'photo.jfif', 'image/jpeg', 'photo.jpeg'],
	['image', 'photo', 'image/jpeg', 'photo.jpeg'],
	['image', '', 'image/png', 'file.png'],
	['image', '.jpg', '', 'file.jpeg'],
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
	['video', '', 'video/3gpp', 'file.3gp'],
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
	const content = CONTENT[/\w+$/.exec(name)?.[0] ?? ''] ?? new Uint8Array();
	expect(uploadName({ kind, fileName, mimeType }, content).name).toBe(name);
});

test.each<[MediaKind, string, string, begins: string, name: string, uploadedType: string]>([
	['image', 'photo.jpg', 'image/jpg', '\xff\xd8\xff', 'photo.jpeg', 'image/jpeg'],
	['image', 'photo.jpg', 'image/jpeg', '\x89PNG\r\n\x1a\n', 'photo.png', 'image/png'],
	['image', 'photo', 'application/octet-stream', '\xff\xd8\xff', 'photo.jpeg', 'image/jpeg'],
	['image', '', '', '\x89PNG\r\n\x1a\n', 'file.png', 'image/png'],
	['image', 'scan.pdf', '', '\x89PNG\r\n\x1a\n', 'scan.png', 'image/png'],
	['audio', 'note.mp3', 'audio/mpeg', 'OggS\0...OpusHead', 'note.ogg', 'audio/ogg'],
	['audio', 'note.opus', 'audio/opus', 'OggS\0...OpusHead', 'note.ogg', 'audio/ogg'],
	['audio', 'song', '', '\0\0\xff\xfb\x90', 'song.mp3', 'audio/mpeg'],
	['audio', 'song.aac', '', 'ID3\x04', 'song.aac', 'audio/aac'],
	['audio', 'note.m4a', 'audio/mp4', '\0\0\0\x18ftypisom', 'note.m4a', 'audio/mp4'],
	['video', 'clip.3gp', 'video/3gpp', '\0\0\0\x18ftyp3gp5', 'clip.3gp', 'video/3gpp'],
	['video', 'clip', '', MP4, 'clip.mp4', 'video/mp4'],
	['video', 'clip.mov', 'video/quicktime', MP4, 'clip.mov.mp4', 'video/mp4'],
	['document', 'file', '', '%PDF-1.4', 'file.pdf', 'application/pdf'],
	['document', 'file.pdf', '', '\xef\xbb\xbf\n%PDF-1.4', 'file.pdf', 'application/pdf'],
	['document', 'file.docx', '', '%PDF-1.4', 'file.pdf', 'application/pdf'],
	['document', 'file', 'text/plain', '%PDF-1.4', 'file.pdf', 'application/pdf'],
	['document', 'file.txt', '', '%PDF-1.4', 'file.pdf', 'application/pdf'],
	['document', 'list.xlsx', 'application/zip', 'PK\x03\x04', 'list.xlsx', 'application/vnd.o'],
	['document', 'secret.docx', '', PROTECTED, 'secret.docx', ''],
	['document', 'list.xls', '', '<html urn:schemas-microsoft-com:office:excel', 'list.xls', ''],
	['document', 'old.doc', '', '{\\rtf1', 'old.doc', 'application/msword'],
	['document', 'answer.txt', 'text/plain', '{"a":1}', 'answer.txt', 'text/plain'],
	['document', 'page.txt', '', '<html>', 'page.txt', 'text/plain'],
	['document', 'wide.txt', '', '\xff\xfeH\0i\0', 'wide.txt', 'text/plain'],
])('as %s, %p of type %p that begins with %j is uploaded as %p', (...given) => {
	const [kind, fileName, mimeType, begins, name, type] = given;
	const upload = uploadName({ kind, fileName, mimeType }, bytes(begins));
	expect(upload.name).toBe(name);
	expect(upload.mimeType).toContain(type);
});

const REFUSED: Array<
	[
		kind: MediaKind,
		fileName: string,
		mimeType: string,
		begins: string,
		what: string,
		advice: string,
	]
> = [
	[
		'image',
		'a.jpg',
		'image/jpeg',
		'<!doctype html>',
		'is a web page (HTML) and',
		'private browser window',
	],
	[
		'image',
		'a.jpg',
		'',
		'\xef\xbb\xbf\n<!-- a -->\n<HTML lang="en">',
		'is a web page (HTML) and',
		'private',
	],
	['image', 'a.jpg', 'image/jpeg', '{"error":1}', 'is JSON data and', 'private browser window'],
	[
		'image',
		'a.jpg',
		'image/jpeg',
		'<?xml version="1.0"?><Error/>',
		'is an XML file and',
		'private',
	],
	['image', 'a.jpg', 'image/jpeg', 'RIFF\x10\0\0\0WEBP', 'is a WebP image and', 'to JPEG or PNG'],
	[
		'image',
		'a.png',
		'image/png',
		'GIF87a',
		'is a GIF image and',
		'Convert the file to JPEG or PNG',
	],
	['image', 'a.heic', 'image/heic', '\0\0\0\x18ftypheic', 'is a HEIC or AVIF image and', 'JPEG'],
	['image', 'a.avif', '', '\0\0\0\x18ftypavif', 'is a HEIC or AVIF image and', 'JPEG'],
	['image', 'a.svg', 'image/svg+xml', '<svg xmlns=', "can't be sent as an image", 'to JPEG or PNG'],
	['image', 'a.png', 'image/png', '%PDF-', 'is a PDF document and', 'Choose Document as the media'],
	[
		'image',
		'a.jpg',
		'image/webp',
		'x',
		"can't be sent as an image",
		'accepts as an image: jpeg, png',
	],
	['image', 'a.bmp', 'image/bmp', '\0\x01', 'The file "a.bmp" can\'t be sent', 'to JPEG or PNG'],
	[
		'audio',
		'a.mp3',
		'audio/mpeg',
		'RIFF\x10\0\0\0WAVE',
		'is a WAV sound and',
		'to MP3, M4A or Ogg',
	],
	[
		'audio',
		'a.ogg',
		'audio/ogg',
		'OggS\0...\x01vorbis',
		'is an Ogg file that is not Opus',
		'(Opus)',
	],
	['audio', 'a.mp4', 'video/mp4', MP4, 'is an MP4 video and', 'Choose Video as the media type'],
	[
		'video',
		'a.mp4',
		'video/mp4',
		'\x1a\x45\xdf\xa3',
		'is a WebM or Matroska video',
		'to MP4 (H.264',
	],
	[
		'video',
		'a.mp4',
		'video/mp4',
		'\0\0\0\x14ftypqt  ',
		'is a QuickTime video and',
		'to MP4 (H.264',
	],
	[
		'video',
		'a.mp3',
		'audio/mpeg',
		'ID3',
		'is an MP3 audio file and',
		'Choose Audio as the media type',
	],
	[
		'document',
		'a.pdf',
		'application/pdf',
		'<html>',
		'is a web page (HTML) and',
		'private browser window',
	],
	['document', 'a', '', 'PK\x03\x04', 'is a ZIP archive or an Office document and', 'as PDF'],
	['document', 'a.zip', 'application/zip', 'PK\x03\x04', 'is a ZIP archive or an', 'as PDF'],
	['document', 'a.csv', 'text/csv', 'a,b', 'is a text file and', 'pdf, docx, xlsx, pptx, doc, xls'],
	['document', 'a.txt', 'text/plain', '\x89PNG\r\n\x1a\n\0', 'is a PNG image and', 'Choose Image'],
	['document', 'a.constructor', 'constructor', '\0', "can't be sent as a document", 'as PDF'],
	['document', '', '', '\0', "A file without name and type can't be sent", 'Save the file as PDF'],
	['image', '', 'image/heic', '\0', "A file of type image/heic can't be sent", 'to JPEG or PNG'],
];

test.each(REFUSED)('as %s, %p of type %p that begins with %j is refused', (...given) => {
	const [kind, fileName, mimeType, begins, what, advice] = given;
	const error = errorOf(() => uploadName({ kind, fileName, mimeType }, bytes(begins)));
	expect(error).toBeInstanceOf(InputError);
	expect((error as InputError).message).toContain(what);
	expect((error as InputError).description).toContain(advice);
});

/** The part of an MP4 that says how its track is coded. */
const codedAs = (codec: string) => `stsd\0\0\0\0\0\0\0\x01\0\0\0\x56${codec}`;

test.each(['hvc1', 'hev1'])(
	'a video coded as HEVC (%s) is refused, wherever it says so',
	(codec) => {
		for (const before of [100, 5_000]) {
			const video = bytes(`${MP4}${'x'.repeat(before)}${codedAs('mp4a')}...${codedAs(codec)}`);
			const error = errorOf(() => uploadName({ kind: 'video', fileName: 'a.mp4' }, video));
			expect((error as InputError).message).toContain('is a video coded as HEVC (H.265) and');
			expect((error as InputError).description).toContain('Convert the file to MP4 (H.264');
		}
		const other = bytes(`${MP4}${codec}${codedAs('avc1')}${codec}`);
		expect(uploadName({ kind: 'video', fileName: 'a.mp4' }, other).name).toBe('a.mp4');
	},
);

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
	}).toThrow(new RegExp(`is ${maxMiB}\\.1 MB, but .* at most ${maxMiB} MB$`));
});

test('an empty file is refused', () => {
	expect(() => {
		checkSize('image', 0);
	}).toThrow(new InputError('The file is empty'));
});

test.each([
	['Invoice.pdf', '', '', 'Invoice.pdf', 'file.pdf'],
	['Invoice.pdf', 'blob', 'application/octet-stream', 'Invoice.pdf', 'blob.pdf'],
	['v2.final', 'x.pdf', '', 'v2.final.pdf', 'x.pdf'],
	['Invoice 1001', 'x.pdf', '', 'Invoice 1001.pdf', 'x.pdf'],
	['Invoice No. 12', '', 'application/pdf', 'Invoice No. 12.pdf', 'file.pdf'],
	['Invoice.', '', 'application/pdf', 'Invoice.pdf', 'file.pdf'],
	['Invoice.PDF', 'x.pdf', '', 'Invoice.pdf', 'x.pdf'],
	['Invoice.docx', 'x.pdf', '', 'Invoice.pdf', 'x.pdf'],
	['Rechnung 11/2024.pdf', 'x.pdf', '', 'Rechnung 11-2024.pdf', 'x.pdf'],
	['Rechnung 11/2024', 'x.pdf', '', 'Rechnung 11-2024.pdf', 'x.pdf'],
])('File Name %p for %p of type %p: %p arrives', (givenName, fileName, mimeType, shown, name) => {
	const file = { kind: 'document', givenName, fileName, mimeType } as const;
	expect(uploadName(file, CONTENT.pdf).name).toBe(name);
	expect(withEnding(givenName, 'pdf')).toBe(shown);
});

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
