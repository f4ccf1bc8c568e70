import { InputError } from '../../../nodes/WhatsCloud/checks/text';
import type { MediaKind } from '../../../nodes/WhatsCloud/operation';
import {
	checkMediaUrl,
	directAddress,
	fileNameOf,
	urlNeedsUpload,
} from '../../../nodes/WhatsCloud/files/download';

function errorOf(action: () => unknown): unknown {
	try {
		return action();
	} catch (error) {
		return error;
	}
}

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
	[12, '"12" is not'],
	['https://x.example/\ud83d.png', 'contains half an emoji'],
	[{ url: 'https://x.example/a.png' }, 'must be text'],
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
	expect(error).toMatchObject({ message: expect.stringContaining(message) as string });
});

test.each([
	['https://example.com/a%20b/Our%20Terms.pdf?x=1', 'Our Terms.pdf'],
	['https://example.com/Rechnung%2011%2F2024.pdf', 'Rechnung 11-2024.pdf'],
	['https://example.com/100%.pdf', '100%.pdf'],
	['https://example.com/', ''],
])('the name of %s is %j', (url, name) => {
	expect(fileNameOf(url)).toBe(name);
});

test.each<[shared: string, direct: string]>([
	[
		'https://www.dropbox.com/scl/fi/a1/photo.png?rlkey=k&st=s&dl=0',
		'https://www.dropbox.com/scl/fi/a1/photo.png?rlkey=k&st=s&dl=1',
	],
	['https://www.dropbox.com/s/a1/photo.png', 'https://www.dropbox.com/s/a1/photo.png?dl=1'],
	[
		'https://github.com/owner/repo/blob/main/a/photo.png',
		'https://raw.githubusercontent.com/owner/repo/main/a/photo.png',
	],
	[
		'https://drive.google.com/file/d/1-Ab_c/view?usp=sharing',
		'https://drive.google.com/uc?export=download&id=1-Ab_c',
	],
	[
		'https://drive.google.com/open?id=1-Ab_c',
		'https://drive.google.com/uc?export=download&id=1-Ab_c',
	],
])('the share link %s leads to the file at %s, which is downloaded here', (shared, direct) => {
	expect(directAddress(shared)).toBe(direct);
	expect(urlNeedsUpload(shared, 'image')).toBe(true);
});

test.each([
	'https://www.dropbox.com/home/photo.png',
	'https://github.com/owner/repo/releases/photo.png',
	'https://drive.google.com/drive/folders/1-Ab_c',
	'https://dropbox.com.example.com/s/a1/photo.png',
	'https://example.com/file/d/1-Ab_c/photo.png',
])('%s is no share link of a file', (url) => {
	expect(directAddress(url)).toBe(url);
});
