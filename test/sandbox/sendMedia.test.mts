import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { dataOf, errorsOf, expected, fixedNow, useClient } from './client.mts';

const client = useClient({ now: fixedNow });
const phone_number = '15555550101';
const send = (body: object) => client.current.post('/messages/media', body);
const messages = () => client.current.sandbox.messages;
const sample = (name: string) => `${client.current.sandbox.url}/sandbox/media/${name}`;

function upload(name: string, fields: Record<string, string> = {}, content: BlobPart = 'content') {
	const form = new FormData();
	for (const [field, value] of Object.entries({ phone_number, ...fields })) form.set(field, value);
	form.set('media_file', new Blob([content], { type: 'application/octet-stream' }), name);
	return client.current.post('/messages/media', form);
}

async function serving<Result>(
	listener: RequestListener,
	work: (url: string) => Promise<Result>,
): Promise<Result> {
	const server: Server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

test('a URL answers as in the contract', async () => {
	const { status, body } = await send({
		...{ phone_number, media_type: 'image', media_url: sample('flyer.png') },
		caption: 'Our flyer, {contact_first_name}',
	});
	const contract = expected('messages.media.url.200') as { data: object };
	expect(status).toBe(200);
	expect(body).toEqual({
		...contract,
		data: {
			...contract.data,
			message_id: messages()[0]?.wamid,
			contact_id: 1,
			media_url: sample('flyer.png'),
			sent_at: '2026-01-16 10:00:00',
		},
	});
});

test('an upload answers as in the contract, with a public address under a new name', async () => {
	const fields = { media_type: 'document', caption: 'Price list', filename: 'prices.pdf' };
	const reply = await upload('Price list.pdf', fields);
	const contract = expected('messages.media.upload.200') as { data: object };
	expect(reply.status).toBe(200);
	expect(Object.keys(dataOf(reply))).toEqual(Object.keys(contract.data));
	expect(reply.body).toMatchObject({
		data: {
			media_url: `${client.current.sandbox.url}/storage/whatsapp-attachments/1768557600_price_list.pdf`,
			...{ caption: 'Price list', filename: 'prices.pdf', chat_message_id: 501 },
		},
	});
});

test('what was uploaded can be read at its address, byte by byte, but never as a page', async () => {
	const content = '<script>alert(1)</script>';
	const { media_url } = dataOf(await upload('page.pdf', { media_type: 'document' }, content));
	const response = await fetch(String(media_url));
	expect(await response.text()).toBe(content);
	expect(response.headers.get('content-type')).toBe('application/octet-stream');
	expect(response.headers.get('content-security-policy')).toBe('sandbox');
	expect(messages()[0]?.media).toMatchObject({
		bytes: content.length,
		sha256: createHash('sha256').update(content).digest('hex'),
	});
});

test('the refusals have the texts of the contract', async () => {
	const { status, body } = await send({ phone_number: '123456789', media_type: 'sticker' });
	expect(status).toBe(422);
	expect(body).toEqual(expected('messages.media.422'));
});

test.each([
	['155555501', 'at least 10'],
	['+1 555 555 550 1', 'greater than 15'],
])('quirk 25: the length is that of the raw text: %s', async (raw, text) => {
	const reply = await send({
		...{ phone_number: raw, media_type: 'image', media_url: sample('flyer.png') },
	});
	expect(errorsOf(reply)['phone_number']?.[0]).toContain(text);
});

test.each([
	[{ caption: 'x'.repeat(1025) }, 'caption'],
	[{ filename: 'x'.repeat(256) }, 'filename'],
	[{ media_url: 'flyer.png' }, 'media_url'],
	[{ media_file: 'flyer.png' }, 'media_file'],
])('%j is refused', async (fields, field) => {
	const media_url = sample('flyer.png');
	const reply = await send({ phone_number, media_type: 'image', media_url, ...fields });
	expect(Object.keys(errorsOf(reply))).toEqual([field]);
});

test('the file wins when both are given', async () => {
	const fields = { media_type: 'image', media_url: 'http://127.0.0.1:1/nothing.png' };
	expect((await upload('photo.png', fields)).status).toBe(200);
});

describe('extensions', () => {
	test('quirk 17: jpg is refused with a message only', async () => {
		const { status, body } = await upload('photo.jpg', { media_type: 'image' });
		expect(status).toBe(422);
		expect(body).toEqual(expected('messages.media.extension.422'));
	});

	test('quirk 17: so is a URL that ends in jpg, or in nothing', async () => {
		for (const media_url of [
			sample('photo.jpg'),
			sample('download'),
			`${sample('download')}?f=a.png`,
		]) {
			const { status, body } = await send({ phone_number, media_type: 'image', media_url });
			expect([status, body]).toEqual([422, expected('messages.media.extension.422')]);
		}
	});

	test('the query of a URL does not matter', async () => {
		const media_url = `${sample('flyer.png')}?v=1.gif`;
		expect((await send({ phone_number, media_type: 'image', media_url })).status).toBe(200);
	});

	test('newer servers may accept jpg', async () => {
		client.current.sandbox.behaviour.jpg = true;
		expect((await upload('photo.jpg', { media_type: 'image' })).status).toBe(200);
	});

	test.each([
		['image', 'jpeg png'],
		['video', 'mp4 3gp'],
		['audio', 'aac amr mp3 m4a ogg'],
		['document', 'pdf doc docx txt xls xlsx ppt pptx'],
	])('%s takes %s', async (media_type, extensions) => {
		for (const extension of extensions.split(' ')) {
			expect((await upload(`a.${extension}`, { media_type })).status).toBe(200);
		}
		expect((await upload('a.gif', { media_type })).body).toEqual({
			status: 'error',
			message: `Invalid file extension for ${media_type}. Allowed: ${extensions.replaceAll(' ', ', ')}`,
		});
	});
});

describe('sizes', () => {
	const megabytes = (count: number) => Buffer.alloc(count * 1024 * 1024);

	test('an image may have 5 MiB', async () => {
		expect((await upload('a.png', { media_type: 'image' }, megabytes(5))).status).toBe(200);
		const larger = Buffer.concat([megabytes(5), Buffer.alloc(1)]);
		const { status, body } = await upload('a.png', { media_type: 'image' }, larger);
		expect(status).toBe(422);
		expect(body).toEqual(expected('messages.media.size.422'));
	});

	test('audio may have 16 MiB', async () => {
		const larger = Buffer.concat([megabytes(16), Buffer.alloc(1)]);
		expect((await upload('a.mp3', { media_type: 'audio' }, megabytes(16))).status).toBe(200);
		expect((await upload('a.mp3', { media_type: 'audio' }, larger)).status).toBe(422);
	});

	test('the extension is looked at before the size', async () => {
		const { body } = await upload('a.gif', { media_type: 'image' }, megabytes(6));
		expect(body).toMatchObject({ message: expect.stringContaining('extension') as string });
	});

	test('of a download only the announced size is looked at', async () => {
		const body = megabytes(5.5);
		const status = (listener: RequestListener) =>
			serving(
				listener,
				async (url) =>
					(await send({ phone_number, media_type: 'image', media_url: `${url}/a.png` })).status,
			);
		expect(await status((_request, response) => response.end(body))).toBe(422);
		// Node announces the length of a body it gets at once, so this one comes in two parts.
		const chunked = await status((_request, response) => {
			response.write(body.subarray(0, 10));
			response.end(body.subarray(10));
		});
		expect(chunked).toBe(200);
	});

	test("an upload above the server's limit has failed to upload", async () => {
		client.current.sandbox.behaviour.uploadSizeLimit = 10;
		const reply = await upload('a.png', { media_type: 'image' }, 'more than ten');
		expect(errorsOf(reply)).toEqual({ media_file: ['The media file failed to upload.'] });
	});
});

describe('quirk 16: a URL that cannot be downloaded is an empty 200', () => {
	const expectEmpty = async (media_url: string) => {
		const { status, text, headers } = await send({ phone_number, media_type: 'image', media_url });
		expect([status, text]).toEqual([200, '']);
		expect(headers.get('content-type')).toBe('text/html; charset=UTF-8');
		expect(messages()).toEqual([]);
	};

	test('when no server answers', () => expectEmpty('http://127.0.0.1:1/a.png'));
	test('when it answers an error', () => expectEmpty(sample('missing.png')));
	test('when it is not on this computer', () => expectEmpty('https://example.com/a.png'));
	test('when it leads away from this computer', () =>
		serving(
			(_request, response) => {
				response.writeHead(302, { Location: 'https://example.com/a.png' }).end();
			},
			(url) => expectEmpty(`${url}/a.png`),
		));
	test('whatever its extension: the download comes first', () =>
		expectEmpty('http://127.0.0.1:1/a.jpg'));
	test('before the contact is looked for', async () => {
		const reply = await send({
			...{ phone_number: '15555559901', media_type: 'image' },
			media_url: 'http://127.0.0.1:1/a.png',
		});
		expect([reply.status, reply.text]).toEqual([200, '']);
	});
});

test('a redirect on this computer is followed', async () => {
	const status = await serving(
		(_request, response) => {
			response.writeHead(302, { Location: sample('flyer.png') }).end();
		},
		async (url) =>
			(await send({ phone_number, media_type: 'image', media_url: `${url}/a.png` })).status,
	);
	expect(status).toBe(200);
});

describe('caption and file name', () => {
	const shown = async (media_type: string, name: string) => {
		await upload(name, { media_type, caption: 'Words', filename: 'name.x' });
		const { caption, filename } = messages().at(-1)?.media ?? {};
		return { caption, filename };
	};

	test('of a document arrive swapped', async () => {
		expect(await shown('document', 'a.pdf')).toEqual({ caption: 'name.x', filename: 'Words' });
	});

	test('of a document arrive as given where the server does not swap', async () => {
		client.current.sandbox.behaviour.documentSwap = false;
		expect(await shown('document', 'a.pdf')).toEqual({ caption: 'Words', filename: 'name.x' });
	});

	test('of an image arrive as given', async () => {
		expect(await shown('image', 'a.png')).toEqual({ caption: 'Words', filename: 'name.x' });
	});

	test('audio has no caption', async () => {
		expect((await shown('audio', 'a.mp3')).caption).toBeNull();
	});
});

test('the file is looked at before the contact', async () => {
	const wrong = await upload('a.gif', { media_type: 'image', phone_number: '15555559901' });
	expect(wrong.status).toBe(422);
	const right = await upload('a.png', { media_type: 'image', phone_number: '15555559901' });
	expect([right.status, right.body]).toEqual([404, expected('messages.send.404')]);
});

test('a multipart contact is made', async () => {
	const reply = await upload('a.png', {
		...{ media_type: 'image', phone_number: '15555559901' },
		'contact[first_name]': 'Nia',
		'contact[country]': '-',
	});
	expect(dataOf(reply)).toMatchObject({ contact_created: true });
	expect(client.current.sandbox.data.contacts.all().at(-1)?.firstname).toBe('Nia');
});

test('an account that is not connected answers 422', async () => {
	client.current.sandbox.behaviour.whatsappConnected = false;
	const { status, body } = await upload('a.png', { media_type: 'image' });
	expect([status, body]).toEqual([422, expected('messages.send.not-connected.422')]);
});

test("quirk 18: Meta's refusal is JSON inside of a string, under a raw key (quirk 33)", async () => {
	const { status, body } = await upload('a.png', {
		media_type: 'image',
		phone_number: '15555550000',
	});
	expect(status).toBe(500);
	expect(body).toMatchObject({ message: 'failed_to_send_whatsapp_media_message' });
	expect(JSON.parse((body as { error: string }).error)).toMatchObject({ error: { code: 131030 } });
});
