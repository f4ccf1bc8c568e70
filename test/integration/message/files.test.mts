import { generations } from '../account.mts';
import { type File, item, KNOWN, sha256, useFiles, useMessages } from './messaging.mts';

jest.setTimeout(30_000);

const JPEG = Buffer.from('ffd8ffe000104a464946', 'hex');
const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');
const WEBP = Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1');
const PDF = Buffer.from('%PDF-1.4 one page');
const HTML = '<!DOCTYPE html><html><title>Log in – Example</title><body>Log in</body></html>';
const JSON_ERROR = '{"error":"File not found"}';
const UTF8_NAME = Buffer.from('Übersicht.pdf').toString('latin1');

const byUrl = { phoneNumber: KNOWN, mediaSource: 'url', mediaUrl: '={{ $json.url }}' };
const fromItem = { phoneNumber: KNOWN, mediaSource: 'binary' };
const file = (content: Buffer | string, name = 'a.jpg', type = 'image/jpeg'): File => ({
	name,
	type,
	content,
});

const pdf = { type: 'application/octet-stream', content: PDF };
const files = useFiles({
	'/photo.jpg': { type: 'image/jpeg', content: JPEG },
	'/page.jpg': { type: 'image/jpeg', content: HTML },
	'/typed.jpg': { type: 'Text/HTML; charset=utf-8', content: HTML },
	'/plain.jpg': { type: 'text/html', content: '<html>Log in</html>' },
	'/error.jpg': { type: 'image/jpeg', content: JSON_ERROR },
	'/json.jpg': { type: 'application/json', content: JSON_ERROR },
	'/webp.jpg': { type: 'image/jpeg', content: WEBP },
	'/webp-typed.jpg': { type: 'image/webp', content: WEBP },
	'/gif.jpg': { type: 'image/jpeg', content: 'GIF89a' },
	'/png.jpg': { type: 'image/jpeg', content: PNG },
	'/NOTES.TXT': { type: 'text/html; charset=utf-8', content: HTML },
	'/LIST.TXT': { type: 'text/html', content: 'Two pears' },
	'/untyped': { type: 'application/octet-stream', content: JPEG },
	'/with%20blank.png': { type: 'image/png', content: PNG },
	'/with%20blank.jpg': { type: 'image/jpeg', content: JPEG },
	'/dl': { ...pdf, disposition: 'attachment; filename="Quarter 3.pdf"' },
	'/d2': {
		...pdf,
		disposition: "attachment; filename=x.pdf; filename*=UTF-8''%C3%9C%20%231.pdf",
	},
	'/d3': { ...pdf, disposition: `inline; filename=${UTF8_NAME}` },
	'/d4': { ...pdf, disposition: 'attachment; filename="../Rechnung 11\\/2024"' },
	'/d5': pdf,
});

describe.each(generations)('files as people have them, %s server', (server) => {
	const account = useMessages('sendMedia', { server });
	test('a picture in another format that WhatsCloud takes goes out under the ending it has', async () => {
		await account.send({ ...byUrl, mediaType: 'image' }, [
			item({ url: files.url('/png.jpg') }),
			item({ url: files.url('/photo.jpg') }),
			item({ url: files.url('/untyped') }),
		]);
		expect(account.files()).toMatchObject([
			[{ name: 'png.png', sha256: sha256(PNG) }],
			[{ name: 'photo.jpeg', sha256: sha256(JPEG) }],
			[{ name: 'untyped.jpeg', sha256: sha256(JPEG) }],
		]);
	});

	test('a link without a name takes the one of its Content-Disposition', async () => {
		await account.send(
			{ ...byUrl, mediaType: 'document' },
			['/dl', '/d2', '/d3', '/d4', '/d5'].map((path) => item({ url: files.url(path) })),
		);
		expect(account.sandbox.messages.map(({ media }) => media?.filename)).toEqual([
			'Quarter 3.pdf',
			'Ü #1.pdf',
			'Übersicht.pdf',
			'2024.pdf',
			'd5.pdf',
		]);
	});

	test('blanks in an address are encoded, invisible marks around it are left out', async () => {
		await account.send({ ...byUrl, mediaType: 'image' }, [
			item({ url: files.url('/with blank.jpg') }),
			item({ url: `\u200b${files.url('/photo.jpg')}` }),
			item({ url: `\ufeff ${files.url('/with blank.jpg')}\u200b\n` }),
			item({ url: files.url('/with blank.png') }),
		]);
		expect(account.bodies()[3]?.media_url).toBe(files.url('/with%20blank.png'));
		expect(files.asked.map(({ path }) => path).sort()).toEqual([
			'/photo.jpg',
			'/with%20blank.jpg',
			'/with%20blank.png',
		]);
		expect(account.sandbox.messages).toHaveLength(4);
	});

	test('documents arrive under a name with the right ending', async () => {
		await account.send({ ...fromItem, mediaType: 'document', fileName: '={{ $json.name }}' }, [
			item({ name: 'Invoice 1001' }, { data: file(PDF, 'x.pdf', 'application/pdf') }),
			item({ name: 'Invoice No. 12' }, { data: file(PDF, 'x.pdf', 'application/pdf') }),
			item({ name: 'Rechnung 11/2024.pdf' }, { data: file(PDF, 'x.pdf', 'application/pdf') }),
			item({ name: 'Offer.docx' }, { data: file(PDF, 'x.pdf', 'application/pdf') }),
			item({ name: '' }, { data: file(PDF, 'scan', 'application/pdf') }),
			item({ name: '' }, { data: file(PDF, 'report.docx', '') }),
			item({ name: 'Invoice.pdf' }, { data: file(PDF, 'blob', 'application/x') }),
			item({ name: 'Terms' }, { data: file(PDF, 'blob', 'application/octet-stream') }),
		]);
		expect(account.sandbox.messages.map(({ media }) => media?.filename)).toEqual([
			'Invoice 1001.pdf',
			'Invoice No. 12.pdf',
			'Rechnung 11-2024.pdf',
			'Offer.pdf',
			'scan.pdf',
			'report.pdf',
			'Invoice.pdf',
			'Terms.pdf',
		]);
	});
});

describe('files that are none for WhatsApp', () => {
	const account = useMessages('sendMedia');

	test.each([
		['/page.jpg', 'is a web page (HTML) and'],
		['/typed.jpg', 'is a web page (HTML) and'],
		['/plain.jpg', "is a web page (HTML) and can't be sent as an image"],
		['/error.jpg', "is JSON data and can't be sent as an image"],
		['/json.jpg', "is JSON data and can't be sent as an image"],
		['/webp.jpg', "is a WebP image and can't be sent as an image"],
		['/webp-typed.jpg', "is a WebP image and can't be sent as an image"],
		['/gif.jpg', "is a GIF image and can't be sent as an image"],
	])('refused, with what it is and what it must be: %s by URL', async (path, words) => {
		const error = await account.refused({ ...byUrl, mediaType: 'image' }, [
			item({ url: files.url(path) }),
		]);
		expect(error).toContain(words);
		expect(error).toMatch(/accepts as an image: jpeg, png/);
	});

	test.each([
		['image', file(HTML), 'is a web page (HTML)'],
		['image', file(JSON_ERROR), 'is JSON data'],
		['image', file(WEBP), 'is a WebP image'],
		['image', file(PDF), 'Choose Document as the media type'],
		['audio', file(HTML, 'voice.mp3', 'audio/mpeg'), 'is a web page (HTML)'],
		['video', file(JSON_ERROR, 'clip.mp4', 'video/mp4'), 'is JSON data'],
		['document', file(HTML, 'report.pdf', 'application/pdf'), 'is a web page (HTML)'],
	])('refused before anything is sent: as %s, %j', async (kind, refused, words) => {
		for (const binaryMode of ['default', 'filesystem', 'combined'] as const) {
			const items = [file(JPEG), refused, file(JPEG)].map((data, index) =>
				item({ kind: index === 1 ? kind : 'image' }, { data }),
			);
			const parameters = { ...fromItem, mediaType: '={{ $json.kind }}' };
			expect(await account.refused(parameters, items, { binaryMode })).toContain(words);
		}
	});

	test('a page that comes in place of a text file is refused', async () => {
		const items = ['/LIST.TXT', '/NOTES.TXT', '/dl'].map((path) => item({ url: files.url(path) }));
		const run = await account.attempt({ ...byUrl, mediaType: 'document' }, items, {
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.outputs.flat().map(({ json }) => json.error)).toEqual([
			undefined,
			'The file "NOTES.TXT" is a web page (HTML) and can\'t be sent as a document',
			undefined,
		]);
		expect(account.sandbox.messages.map(({ media }) => media?.filename)).toEqual([
			'LIST.txt',
			'Quarter 3.pdf',
		]);
	});

	test('a video coded as HEVC is refused, where its end says so, too', async () => {
		const video = (codec: string) =>
			`\0\0\0\u0018ftypmp42${'x'.repeat(5000)}stsd\0\0\0\0\0\0\0\u0001\0\0\0V${codec}`;
		const items = ['avc1', 'hvc1', 'avc1'].map((codec) =>
			item({}, { data: file(video(codec), 'a.mp4', 'video/mp4') }),
		);
		const run = await account.attempt({ ...fromItem, mediaType: 'video' }, items, {
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.outputs[0]?.map(({ json }) => json.error)).toEqual([
			undefined,
			'The file "a.mp4" is a video coded as HEVC (H.265) and can\'t be sent as a video',
			undefined,
		]);
		expect(account.sandbox.messages).toHaveLength(2);
	});

	test.each([
		['Caption', { caption: '={{ $json.price * $json.qty }}' }, 'contains NaN'],
		['Caption', { caption: '=Hi {{ $json.o }}' }, 'contains [object Object]'],
		['Caption', { caption: '={{ $json.wish.slice(0, 1) }}' }, 'contains half an emoji'],
		['File Name', { fileName: '=Invoice {{ $json.total }}.pdf' }, 'contains NaN'],
		['File Name', { fileName: '=For {{ $json.o }}' }, 'contains [object Object]'],
		['File Name', { fileName: '={{ $json.wish.slice(0, 1) }}.pdf' }, 'contains half an emoji'],
	])('refused before anything is sent: in %s, %j', async (field, parameters, words) => {
		const items = [1, 2, 3].map((price) =>
			item(
				price === 2
					? { total: 'NaN', o: { a: 1 }, wish: '🎉' }
					: { price, qty: 2, total: '2', o: 'Ada', wish: 'ab' },
				{
					data: file(PDF, 'x.pdf', 'application/pdf'),
				},
			),
		);
		const error = await account.refused(
			{ ...fromItem, mediaType: 'document', ...parameters },
			items,
		);
		expect(error).toContain(`"${field}" ${words}`);
	});
});

describe.each(['default', 'filesystem', 'combined'] as const)(
	'the file itself in Input Binary Field, kept by n8n in mode %s',
	(binaryMode) => {
		const account = useMessages('sendMedia');
		const contents = [JPEG, PNG, Buffer.concat([JPEG, PNG])];
		const items = () => contents.map((content) => item({}, { data: file(content) }));
		const sent = () => account.sandbox.messages.map(({ media }) => media?.sha256);
		const inJson = binaryMode === 'combined';
		// Of a file in memory, n8n gives `$binary` without its content.
		const ofItem = inJson
			? '$json._files.data'
			: binaryMode === 'default'
				? "$('Start').item.binary.data"
				: '$binary.data';

		test.each([
			['of the item', ofItem],
			[
				'of an earlier node',
				inJson ? "$('Start').item._files.data" : "$('Start').item.binary.data",
			],
			['by the name in an expression', '"data"'],
			['by its path', inJson ? '"_files.data"' : '"data"'],
		])('%s', async (_what, expression) => {
			await account.send(
				{ ...fromItem, mediaType: 'image', binaryPropertyName: `={{ ${expression} }}` },
				items(),
				{ binaryMode },
			);
			expect(sent()).toEqual(contents.map(sha256));
		});

		test('one that the item does not hold', async () => {
			const own = "{ mimeType: 'image/png', data: $json.content }";
			await account.send(
				{ ...fromItem, mediaType: 'image', binaryPropertyName: `={{ ${own} }}` },
				contents.map((content) => item({ content: content.toString('base64') })),
				{ binaryMode },
			);
			expect(sent()).toEqual(contents.map(sha256));
		});

		test('two different files are two messages, and a re-run sends only what is missing', async () => {
			const parameters = {
				...fromItem,
				mediaType: 'image',
				binaryPropertyName: `={{ ${ofItem} }}`,
			};
			account.sandbox.faults.add({ kind: 'tooMany', path: '/messages/media', times: 1 });
			await account.send(parameters, items(), { binaryMode });
			expect(sent()).toEqual(contents.map(sha256));
		});

		test.each([
			['the content in Base64', '"A".repeat(2000)', 'Convert to File'],
			['something else', '{ "a": 1 }', 'neither the name of a file nor a file'],
			[
				'a description without content',
				'{ mimeType: "image/png", fileName: "b.png" }',
				'does not lead to the content',
			],
			['nothing', 'undefined', 'is empty'],
			['another name', '"photo"', 'It has files in: data'],
		])('refused: %s', async (_what, expression, words) => {
			expect(
				await account.refused(
					{ ...fromItem, mediaType: 'image', binaryPropertyName: `={{ ${expression} }}` },
					items(),
					{ binaryMode },
				),
			).toContain(words);
		});
	},
);
