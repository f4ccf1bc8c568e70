import { generations } from '../account.mts';
import { type File, item, KNOWN, sha256, useFiles, useMessages } from './messaging.mts';

jest.setTimeout(30_000);

const PNG: File = {
	name: 'photo.png',
	type: 'image/png',
	content: Buffer.from([137, 80, 78, 71, 1, 0, 255]),
};
const JPG: File = {
	name: 'Photo of Ada.JPG',
	type: 'image/jpeg',
	content: Buffer.from([255, 216, 255, 7]),
};
const PDF: File = { name: 'Rechnung Müller.pdf', type: 'application/pdf', content: '%PDF-1.4 ünï' };
const OPUS = `OggS\0\u0002${'\0'.repeat(20)}\u0001\u0013OpusHead`;
const MP4 = '\0\0\0\u0018ftypmp42';
const fromItem = { phoneNumber: KNOWN, mediaSource: 'binary' };
const byUrl = { phoneNumber: KNOWN, mediaSource: 'url', mediaUrl: '={{ $json.url }}' };

describe.each(generations)('sendMedia, %s server', (server) => {
	const account = useMessages('sendMedia', { server });

	test.each(['default', 'filesystem', 'combined'] as const)(
		'files of three items arrive byte for byte, kept by n8n in mode %s',
		async (binaryMode) => {
			const files = [PNG, PDF, { name: 'note.ogg', type: 'audio/ogg', content: OPUS }];
			const outputs = await account.send(
				{
					phoneNumber: '={{ $json.to }}',
					mediaType: '={{ $json.type }}',
					mediaSource: 'binary',
					binaryPropertyName: '={{ $json.property }}',
					contactIfNew: { firstName: 'New', lastName: 'Ünal', groups: 'A,B' },
				},
				files.map((file, index) =>
					item(
						{
							to: `1555555700${String(index)}`,
							type: ['image', 'document', 'audio'][index] ?? '',
							property: `file${String(index)}`,
						},
						{ [`file${String(index)}`]: file },
					),
				),
				{ binaryMode },
			);
			const sent = outputs.map(({ message_id: id }) =>
				account.sandbox.messages.find(({ wamid }) => wamid === id),
			);
			expect(sent.map((message) => message?.media)).toMatchObject(
				files.map(({ content }) => ({
					sha256: sha256(content),
					bytes: Buffer.byteLength(content),
				})),
			);
			expect(sent.map((message) => message?.media?.type)).toEqual(['image', 'document', 'audio']);
			expect(
				account
					.files()
					.map(([file]) => file?.name)
					.sort(),
			).toEqual(['Rechnung Müller.pdf', 'note.ogg', 'photo.png']);
			const created = account.contactWith('15555557000');
			expect(created).toMatchObject({ firstname: 'New', lastname: 'Ünal' });
			expect(created?.group_id).toHaveLength(2);
		},
	);

	test('guarantee: Documents arrive with caption and file name in the right places.', async () => {
		const outputs = await account.send(
			{
				...fromItem,
				mediaType: 'document',
				caption: '={{ $json.caption }}',
				fileName: '={{ $json.name }}',
			},
			[
				item({ caption: 'Your "invoice"\nDue today 🎉', name: 'Invoice 1001.pdf' }, { data: PDF }),
				item({ caption: 'Second', name: '' }, { data: PDF }),
				item({ caption: '', name: 'Third.pdf' }, { data: PDF }),
			],
		);
		expect(
			account.sandbox.messages.map(({ media }) => [media?.caption || '', media?.filename]),
		).toEqual([
			['Your "invoice"\nDue today 🎉', 'Invoice 1001.pdf'],
			['Second', 'Rechnung Müller.pdf'],
			['', 'Third.pdf'],
		]);
		expect(outputs.map(({ caption, filename }) => [caption, filename])).toEqual([
			['Your "invoice"\nDue today 🎉', 'Invoice 1001.pdf'],
			['Second', 'Rechnung Müller.pdf'],
			[undefined, 'Third.pdf'],
		]);
		expect(account.lookUps().length).toBeLessThanOrEqual(1);
	});
});

describe.each(['A', 'D'] as const)('documents, %s server', (server) => {
	const account = useMessages('sendMedia', { server });
	const document = { ...fromItem, mediaType: 'document', fileName: 'Invoice.pdf' };
	const arrived = () =>
		account.sandbox.messages.map(({ media }) => [media?.caption || '', media?.filename]);
	const nothingKnown = () => {
		account.sandbox.behaviour.abilities = ['messages.send'];
	};
	const isRight = (swapped: boolean) => swapped === (server === 'A');

	test.each([true, false])('the option decides, whatever the server does: %s', async (swapped) => {
		await account.send(
			{
				...document,
				caption: '={{ $json.caption }}',
				options: { swapCaptionAndFileName: swapped },
			},
			['One', 'Two', 'x'.repeat(255)].map((caption) => item({ caption }, { data: PDF })),
		);
		expect(arrived()).toEqual(
			['One', 'Two', 'x'.repeat(255)].map((caption) =>
				isRight(swapped) ? [caption, 'Invoice.pdf'] : ['Invoice.pdf', caption],
			),
		);
		expect(account.lookUps()).toEqual([]);
	});

	test('where nothing is known, a name alone is right everywhere', async () => {
		nothingKnown();
		const outputs = await account.send(
			document,
			[1, 2, 3].map(() => item({}, { data: PDF })),
		);
		expect(arrived().map(([, name]) => name)).toEqual([1, 2, 3].map(() => 'Invoice.pdf'));
		expect(outputs.map(({ caption, filename }) => [caption, filename])).toEqual(
			[1, 2, 3].map(() => [undefined, 'Invoice.pdf']),
		);
	});

	test('where nothing is known, a caption goes as most servers take it, and a hint says so', async () => {
		nothingKnown();
		const run = await account.attempt(
			{ ...document, caption: '={{ $json.caption }}' },
			['One', 'Two', 'Three'].map((caption) => item({ caption }, { data: PDF })),
		);
		expect(arrived()).toEqual(
			['One', 'Two', 'Three'].map((caption) =>
				server === 'A' ? [caption, 'Invoice.pdf'] : ['Invoice.pdf', caption],
			),
		);
		expect(run.hints.map(({ message }) => message).join()).toContain('Correct Exchanged Captions');
	});

	test('a caption as long as images have where the server allows it', async () => {
		const items = [256, 10, 1024].map((length) =>
			item({ caption: 'x'.repeat(length) }, { data: PDF }),
		);
		const parameters = { ...document, caption: '={{ $json.caption }}' };
		if (server === 'A') expect(await account.refused(parameters, items)).toContain('255');
		else expect(await account.send(parameters, items)).toHaveLength(3);
	});
});

describe('sendMedia of binary data', () => {
	const account = useMessages('sendMedia');

	test('captions keep their line breaks; images take no file name', async () => {
		await account.send({ ...fromItem, mediaType: 'image', caption: '={{ $json.caption }}' }, [
			item({ caption: 'One\nTwo\n\nThree "quoted"' }, { data: PNG }),
			item({ caption: 'One\r\nTwo שלום' }, { data: PNG }),
			item({ caption: 'Only one' }, { data: PNG }),
		]);
		expect(account.sandbox.messages.map(({ media }) => [media?.caption, media?.filename])).toEqual([
			['One\nTwo\n\nThree "quoted"', ''],
			['One\r\nTwo שלום', ''],
			['Only one', ''],
		]);
	});

	test.each<[string, File, string]>([
		['image', JPG, 'Photo of Ada.jpeg'],
		['image', { type: 'image/jpeg', content: JPG.content }, 'file.jpeg'],
		['image', { name: 'scan', type: 'image/png', content: PNG.content }, 'scan.png'],
		['video', { name: 'film.m4v', type: 'video/x-m4v', content: MP4 }, 'film.mp4'],
		['audio', { name: 'voice.opus', type: 'audio/opus', content: OPUS }, 'voice.ogg'],
		[
			'document',
			{ name: 'list.XLSX', type: 'application/zip', content: 'PK\u0003\u0004' },
			'list.xlsx',
		],
		['application/pdf', PDF, 'Rechnung Müller.pdf'],
		['image/jpeg', JPG, 'Photo of Ada.jpeg'],
	])('as %s: %j arrives as %s', async (mediaType, file, name) => {
		await account.send({ ...fromItem, mediaType: '={{ $json.type }}' }, [
			item({ type: mediaType }, { data: file }),
		]);
		expect(account.files()).toMatchObject([
			[{ field: 'media_file', name, sha256: sha256(file.content) }],
		]);
	});

	test.each<[string, File, string]>([
		['image', PDF, 'Choose Document as the media type'],
		['document', PNG, 'Choose Image as the media type'],
		[
			'image',
			{ name: 'x.webp', type: 'image/webp', content: 'x' },
			'Convert the file to JPEG or PNG',
		],
		['document', { name: 'x.zip', type: 'application/zip', content: 'x' }, 'Save the file as PDF'],
		['audio', { name: 'x.wav', type: 'audio/wav', content: 'x' }, 'Convert the file to MP3'],
		['image', { ...PNG, content: '' }, 'The file is empty'],
		['image', { ...PNG, content: Buffer.alloc(5 * 1024 * 1024 + 1) }, 'at most 5 MB'],
		[
			'video',
			{ name: 'v.mp4', type: 'video/mp4', content: Buffer.alloc(16 * 1024 * 1024 + 1) },
			'16 MB',
		],
	])('refused before sending: as %s', async (type, file, words) => {
		for (const binaryMode of ['default', 'filesystem'] as const) {
			const items = [PNG, file, PNG].map((data, index) =>
				item({ type: index === 1 ? type : 'image' }, { data }),
			);
			const parameters = { ...fromItem, mediaType: '={{ $json.type }}' };
			expect(await account.refused(parameters, items, { binaryMode })).toContain(words);
		}
	});

	test('a file that the rate limit held back arrives whole, once', async () => {
		account.sandbox.faults.add({ kind: 'tooMany', path: '/messages/media', times: 2 });
		await account.send(
			{ ...fromItem, mediaType: 'document', caption: 'A\nB' },
			[1, 2, 3].map(() => item({}, { data: PDF })),
		);
		expect(account.sandbox.messages.map(({ media }) => [media?.sha256, media?.caption])).toEqual(
			[1, 2, 3].map(() => [sha256(PDF.content), 'A\nB']),
		);
	});

	test.each([
		['lost', 'reset'],
		['empty', 'empty'],
	] as const)(
		'an upload whose answer is %s is reported as unknown, and not repeated',
		async (_, kind) => {
			account.sandbox.faults.add({ kind, when: 'after', path: '/messages/media' });
			const run = await account.attempt({ ...fromItem, mediaType: 'image' }, [
				item({}, { data: PNG }),
			]);
			expect(run.error?.message).toContain('not known whether this message was sent');
			expect(account.sends()).toHaveLength(1);
		},
	);

	test('refused before sending: no such file, with the names that the item has', async () => {
		const error = await account.refused(
			{ ...fromItem, mediaType: 'image', binaryPropertyName: 'photo' },
			[item({}, { photo: PNG }), item({}, { data: PNG, logo: PNG }), item({})],
		);
		expect(error).toContain('"photo"');
		expect(error).toContain('data, logo');
	});

	test('refused before sending: captions that are too long', async () => {
		const tooLong = { ...fromItem, caption: '={{ "x".repeat($json.length) }}' };
		expect(
			await account.refused({ ...tooLong, mediaType: 'image' }, [
				item({ length: 1025 }, { data: PNG }),
			]),
		).toContain('1024');
		expect(
			await account.refused({ ...tooLong, mediaType: 'document' }, [
				item({ length: 1025 }, { data: PDF }),
			]),
		).toContain('1024');
	});
});

describe('sendMedia by URL', () => {
	const account = useMessages('sendMedia');
	const files = useFiles({
		'/photo.png': { type: 'image/png', content: PNG.content },
		'/photo.jpg': { type: 'image/jpeg', content: JPG.content },
		'/download': { type: 'application/pdf', content: PDF.content },
		'/moved.jpg': { redirectTo: '/photo.jpg' },
		'/login.jpg': { type: 'text/html; charset=utf-8', content: '<html>Log in</html>' },
		'/archive': { type: 'application/zip', content: 'PK\u0003\u0004' },
		'/endless.jpg': { type: 'image/jpeg', endless: true },
		'/secret.jpg': { status: 403, content: 'no' },
	});

	test('an address that the server takes is handed over as it is', async () => {
		await account.send({ ...byUrl, mediaType: 'image', caption: '={{ $json.caption }}' }, [
			item({ url: files.url('/photo.png'), caption: 'One\nTwo' }),
			item({ url: ` ${files.url('/photo.png?size=2')} `, caption: 'Zwei' }),
			item({ url: files.url('/photo.png#a'), caption: '' }),
		]);
		expect(account.bodies()).toMatchObject([
			{ media_url: files.url('/photo.png'), caption: 'One\nTwo' },
			{ media_url: files.url('/photo.png?size=2'), caption: 'Zwei' },
			{ media_url: files.url('/photo.png#a') },
		]);
		expect(account.files()).toEqual([[], [], []]);
		expect(account.sandbox.messages[0]?.media?.sha256).toBe(sha256(PNG.content));
	});

	test('guarantee: Files are fetched without the API token.', async () => {
		await account.send({ ...byUrl, mediaType: '={{ $json.type }}', caption: 'Look' }, [
			item({ url: files.url('/photo.jpg'), type: 'image' }),
			item({ url: files.url('/download?id=7&key=s3cret'), type: 'document' }),
			item({ url: files.url('/moved.jpg'), type: 'image' }),
		]);
		expect(account.files()).toMatchObject([
			[{ field: 'media_file', name: 'photo.jpeg', sha256: sha256(JPG.content) }],
			[{ field: 'media_file', name: 'download.pdf', sha256: sha256(PDF.content) }],
			[{ field: 'media_file', name: 'moved.jpeg', sha256: sha256(JPG.content) }],
		]);
		expect(account.bodies().map(({ media_url: url }) => url)).toEqual(
			[1, 2, 3].map(() => undefined),
		);
		expect(account.sandbox.messages[1]?.media).toMatchObject({
			caption: 'Look',
			filename: 'download.pdf',
		});
		expect(files.asked).toHaveLength(4);
		for (const { headers } of files.asked) expect(headers).not.toHaveProperty('authorization');
	});

	test('a document has the name of its address', async () => {
		await account
			.send(
				{ ...byUrl, mediaType: 'document', caption: 'Terms' },
				[item({ url: 'http://127.0.0.1:9/a%20b/Our%20Terms.pdf' })],
				{ settings: { onError: 'continueRegularOutput' } },
			)
			.catch(() => undefined);
		expect(account.bodies()).toMatchObject([{ caption: 'Terms', filename: 'Our Terms.pdf' }]);
	});

	test.each([
		['/missing.jpg', 'error 404'],
		['/secret.jpg', 'error 403'],
		['/login.jpg', 'a web page'],
		['/archive', "can't be sent as an image"],
		['/endless.jpg', 'larger than 5 MB'],
	])('an error, and nothing sent: %s', async (path, words) => {
		const error = await account.refused({ ...byUrl, mediaType: 'image' }, [
			item({ url: files.url(`${path}?key=s3cret`) }),
		]);
		expect(error).toContain(words);
		expect(error).not.toContain('s3cret');
		expect(files.asked).toHaveLength(1);
	});

	test('an error, and nothing sent: nobody answers there', async () => {
		const error = await account.refused({ ...byUrl, mediaType: 'image' }, [
			item({ url: 'http://127.0.0.1:9/photo.jpg' }),
		]);
		expect(error).toContain("127.0.0.1:9/photo.jpg can't be downloaded");
	});

	test('an address that WhatsCloud cannot open is an error, not a success', async () => {
		const run = await account.attempt({ ...byUrl, mediaType: 'image' }, [
			item({ url: files.url('/nothing.png') }),
		]);
		expect(run.error?.message).toContain('could not download the file');
		expect(account.sandbox.messages).toEqual([]);
	});

	test.each(['ftp://example.com/a.png', 'file:///etc/passwd', 'photo.png', '', 'javascript:1'])(
		'refused before sending: "%s"',
		async (url) => {
			await account.refused({ ...byUrl, mediaType: 'image' }, [
				item({ url: files.url('/photo.png') }),
				item({ url }),
				item({ url: files.url('/photo.jpg') }),
			]);
			expect(files.asked).toEqual([]);
		},
	);
});
