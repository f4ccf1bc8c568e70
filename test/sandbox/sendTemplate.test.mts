import { dataOf, errorsOf, expected, fixedNow, useClient } from './client.mts';

const client = useClient({ now: fixedNow });
const phone_number = '15555550101';
const named = (template_name: string, template_language = 'en') => ({
	phone_number,
	template_name,
	template_language,
});
const order = { ...named('order_update'), header_field_1: '7', field_1: 'Ada', field_2: '77' };
const flyer = { ...named('spring_flyer', 'en_US'), field_1: 'Ada', field_2: '5 %', field_3: 'May' };
const send = (body: object) => client.current.post('/messages/template', body);
const messages = () => client.current.sandbox.messages;
const sample = (name: string) => `${client.current.sandbox.url}/sandbox/media/${name}`;
const refusedByMeta = expected('messages.template.meta-error.500');

test('quirk 28: answers as in the contract, the message id deep inside', async () => {
	const { status, body } = await send(order);
	const contract = expected('messages.template.text.200') as { data: Record<string, object> };
	const { whatsapp_response: response, contact } = contract.data;
	const wamid = messages()[0]?.wamid;
	expect(status).toBe(200);
	expect(body).toEqual({
		...contract,
		data: {
			...contract.data,
			contact: { ...contact, id: 1 },
			whatsapp_response: {
				...response,
				messages: [{ id: wamid, message_status: 'accepted' }],
			},
		},
	});
});

test('the recipient reads the filled body', async () => {
	await send(order);
	expect(messages()).toMatchObject([
		{
			...{ kind: 'template', phone: phone_number, contactId: 1 },
			text: 'Hello Ada, order 77 is on its way.',
			template: { name: 'order_update', language: 'en', header: '7', body: ['Ada', '77'] },
		},
	]);
});

test('the refusals have the texts of the contract', async () => {
	const { status, body } = await send({ phone_number: '1'.repeat(16), field_1: 7 });
	expect(status).toBe(422);
	expect(body).toEqual(expected('messages.template.422'));
});

test.each([
	['phone_number', '1234567'],
	['template_language', 'e'],
	['template_language', 'en_US_posix'],
	['header_document_name', 'x'.repeat(256)],
	['copy_code', 'x'.repeat(101)],
	['from_phone_number_id', 5],
	['button_0', 5],
	['field_10', null],
	['header_image_url', 'no url'],
	['header_image_file', 'no file'],
])('%s %j is refused', async (field, value) => {
	expect(Object.keys(errorsOf(await send({ ...order, [field]: value })))).toEqual([field]);
});

describe('which template', () => {
	test.each([
		['an unknown name', 'no_such_template', 'en'],
		['another language', 'order_update', 'en_US'],
		['a language in other letters', 'order_update', 'EN'],
		['one that is pending', 'summer_sale', 'en'],
		['one that is rejected', 'old_notice', 'en'],
	])('%s answers 404 and names it (quirk 32)', async (_case, name, language) => {
		const { status, body } = await send({ ...named(name, language), field_1: 'x' });
		expect(status).toBe(404);
		expect(body).toEqual({
			status: 'error',
			message: 'Template not found',
			errors: { template: [`The specified template '${name}' was not found for this tenant`] },
		});
	});

	test('the same name in two languages is told apart', async () => {
		await send({ ...order, template_language: 'es' });
		expect(messages()[0]?.text).toBe('Hola Ada, tu pedido 77 está en camino.');
	});

	test('one without variables needs none', async () => {
		expect((await send(named('hello_world', 'en_US'))).status).toBe(200);
	});
});

describe('variables', () => {
	test('those missing are listed as in the contract', async () => {
		const { status, body } = await send({ ...named('order_update'), field_1: 'Ada' });
		expect(status).toBe(422);
		expect(body).toEqual(expected('messages.template.fields.422'));
	});

	test('quirk 31: a marker that is repeated counts twice', async () => {
		const fields = { ...named('reminder_twice'), field_1: 'Ada' };
		expect(errorsOf(await send(fields))).toEqual({
			template_fields: ['field_2 (Body parameter 2 required)'],
		});
		expect((await send({ ...fields, field_2: 'Ada' })).status).toBe(200);
	});

	test('more than ten variables cannot be filled', async () => {
		const fields = Object.fromEntries(
			Array.from({ length: 12 }, (_, index) => [`field_${index + 1}`, 'x']),
		);
		expect(errorsOf(await send({ ...named('long_summary'), ...fields }))).toEqual({
			template_fields: [
				'field_11 (Body parameter 11 required)',
				'field_12 (Body parameter 12 required)',
			],
		});
	});

	test('named variables are filled by position', async () => {
		const fields = { field_1: 'Ada', field_2: 'Monday', field_3: '9:00' };
		await send({ ...named('appointment_named'), ...fields });
		expect(messages()[0]?.text).toBe('Hello Ada, see you on Monday at 9:00.');
	});

	test('whitespace collapses to single spaces', async () => {
		await send({ ...order, header_field_1: 'a\n\nb', field_1: 'x \t y' });
		expect(messages()[0]?.template).toMatchObject({ header: 'a b', body: ['x y', '77'] });
	});

	test('the single text 0 becomes a blank', async () => {
		await send({ ...order, field_1: '0', field_2: '00' });
		expect(messages()[0]?.template?.body).toEqual([' ', '00']);
	});

	test('quirk 40: placeholders are filled, an empty one becomes a blank', async () => {
		await send({ ...order, field_1: '{contact_first_name}', field_2: '{contact_website}' });
		expect(messages()[0]?.template?.body).toEqual(['Ada', ' ']);
	});
});

describe('header media', () => {
	test('answers as in the contract, with a stored copy', async () => {
		const { status, body } = await send({ ...flyer, header_image_url: sample('flyer.png') });
		const filename = 'whatsapp-templates/template_header_1768557600_flyer.png';
		expect(status).toBe(200);
		expect(body).toMatchObject({
			data: {
				template: { template_name: 'spring_flyer', header_format: 'IMAGE', has_media: true },
				media_info: {
					filename,
					media_url: `${client.current.sandbox.url}/storage/${filename}`,
					media_type: 'image',
				},
			},
		});
		expect(messages()[0]?.media).toMatchObject({ type: 'image' });
	});

	test('is needed', async () => {
		const reply = await send(flyer);
		expect(reply.status).toBe(422);
		expect(errorsOf(reply)['template_fields']).toHaveLength(1);
	});

	test('of another kind does not help', async () => {
		expect((await send({ ...flyer, header_video_url: sample('clip.mp4') })).status).toBe(422);
	});

	test('a file wins', async () => {
		const form = new FormData();
		const fields = { ...flyer, header_image_url: 'http://127.0.0.1:1/a.png' };
		for (const [field, value] of Object.entries(fields)) form.set(field, value);
		form.set('header_image_file', new Blob(['x']), 'My flyer.png');
		const reply = await client.current.post('/messages/template', form);
		expect(dataOf(reply)['media_info']).toMatchObject({
			filename: 'whatsapp-templates/template_header_1768557600_my_flyer.png',
		});
	});

	test('an unreachable URL answers 422', async () => {
		const { status, body } = await send({
			...flyer,
			header_image_url: 'http://127.0.0.1:1/a.png',
		});
		expect([status, body]).toEqual([422, expected('messages.template.header-url.422')]);
	});

	test('a wrong extension answers 422, jpg too (quirk 17)', async () => {
		const { status, body } = await send({ ...flyer, header_image_url: sample('photo.jpg') });
		expect([status, body]).toEqual([422, expected('messages.template.header-media.422')]);
	});

	test('no extension passes, and so does a URL that answers an error', async () => {
		for (const name of ['download', 'missing.png']) {
			expect((await send({ ...flyer, header_image_url: sample(name) })).status).toBe(200);
		}
	});

	test('a file that is too large answers 422', async () => {
		const form = new FormData();
		for (const [field, value] of Object.entries(flyer)) form.set(field, value);
		form.set('header_image_file', new Blob([Buffer.alloc(5 * 1024 * 1024 + 1)]), 'a.png');
		expect((await client.current.post('/messages/template', form)).status).toBe(422);
	});

	test.each([
		['invoice_document', { field_1: 'Ada', field_2: '9' }, 'header_document_url', 'prices.pdf'],
		['product_video', {}, 'header_video_url', 'clip.mp4'],
	])('%s takes %j and %s', async (name, fields, field, file) => {
		expect((await send({ ...named(name), ...fields, [field]: sample(file) })).status).toBe(200);
	});
});

describe('the number', () => {
	test('quirk 25: is used as sent, so that one with + misses a contact stored without', async () => {
		const bo = { ...named('hello_world', 'en_US'), phone_number: '+15555550102' };
		expect((await send(bo)).status).toBe(404);
		expect((await send({ ...bo, phone_number: '15555550102' })).status).toBe(200);
	});

	test('a new contact has it as sent', async () => {
		const reply = await send({
			...named('hello_world', 'en_US'),
			...{ phone_number: '+1 5555559901', contact: { first_name: 'Nia', country: '-' } },
		});
		expect(dataOf(reply)['contact']).toMatchObject({ phone: '+1 5555559901', created: true });
	});

	test('of the sender is passed on', async () => {
		await send({ ...order, from_phone_number_id: '1234' });
		expect(messages()[0]?.fromPhoneNumberId).toBe('1234');
	});
});

describe('the order of steps', () => {
	const unknown = { phone_number: '15555559901', contact: { country: '-' } };

	test('template, variables, header media, contact, connection, limit, Meta', async () => {
		const { behaviour } = client.current.sandbox;
		Object.assign(behaviour, { whatsappConnected: false, conversationLimit: 0 });
		const body = { ...flyer, phone_number: '15555550000' };
		const answer = async (changes: object) => {
			const reply = await send({ ...body, ...changes });
			return `${reply.status} ${(reply.body as { message: string }).message}`;
		};
		const unreachable = { header_image_url: 'http://127.0.0.1:1/a.png' };
		const reachable = { header_image_url: sample('flyer.png') };
		expect(await answer({ template_name: 'x', field_1: undefined })).toBe('404 Template not found');
		expect(await answer({ ...unreachable, field_1: undefined })).toBe(
			'422 Template validation failed',
		);
		expect(await answer(unreachable)).toBe('422 Cannot access header media URL');
		expect(await answer({ ...reachable, phone_number: '15555559901' })).toBe(
			'404 Contact not found and auto-creation is disabled',
		);
		expect(await answer(reachable)).toBe('503 whatsapp_not_connected');
		behaviour.whatsappConnected = true;
		expect(await answer(reachable)).toMatch('403 Conversation limit reached');
		behaviour.conversationLimit = null;
		expect(await answer(reachable)).toBe('500 ');
	});

	test('not connected answers 503 as in the contract, and the contact stays (quirk 39)', async () => {
		client.current.sandbox.behaviour.whatsappConnected = false;
		const { status, body } = await send({ ...order, ...unknown });
		expect([status, body]).toEqual([503, expected('messages.template.not-connected.503')]);
		expect(client.current.sandbox.data.contacts.all().at(-1)?.phone).toBe('15555559901');
	});
});

describe('Meta refuses with an empty message (quirk 19)', () => {
	test('a number that ends in 0000', async () => {
		const { status, body } = await send({ ...order, phone_number: '15555550000' });
		expect([status, body]).toEqual([500, refusedByMeta]);
		expect(messages()).toEqual([]);
	});

	test.each([
		['a dynamic URL button', { ...named('track_parcel'), field_1: 'Ada', button_0: '77' }],
		['a code', { ...named('login_code'), field_1: '123456', button_0: '1', copy_code: '1' }],
		['a LOCATION header', { ...named('store_location'), field_1: 'Ada' }],
	])('%s, because the server passes no buttons on', async (_case, fields) => {
		const { status, body } = await send(fields);
		expect([status, body]).toEqual([500, refusedByMeta]);
	});

	test('where buttons are passed on, only without their values', async () => {
		client.current.sandbox.behaviour.buttons = 'passed';
		const track = { ...named('track_parcel'), field_1: 'Ada' };
		expect((await send(track)).body).toEqual(refusedByMeta);
		expect((await send({ ...track, copy_code: '77' })).body).toEqual(refusedByMeta);
		expect((await send({ ...track, button_0: '77' })).status).toBe(200);
		expect(messages()[0]?.template?.buttons).toEqual({ button_0: '77' });
		const code = { ...named('login_code'), field_1: '123456' };
		expect((await send({ ...code, copy_code: '123456' })).status).toBe(200);
	});
});

describe('values that are longer than Meta takes', () => {
	test.each([
		['header', { ...order, header_field_1: 'x'.repeat(60) }, 200],
		['header', { ...order, header_field_1: 'x'.repeat(61) }, 500],
		['body', { ...order, field_2: '🎉'.repeat(1024) }, 200],
		['body', { ...order, field_2: 'x'.repeat(1025) }, 500],
		['body alone', { ...named('reminder_twice'), field_1: 'x'.repeat(1025), field_2: 'x' }, 200],
		['body alone', { ...named('reminder_twice'), field_1: 'x'.repeat(32_769), field_2: 'x' }, 500],
	])('%s', async (_place, input, status) => {
		expect((await send(input)).status).toBe(status);
	});
});

describe('one-time codes', () => {
	const login = { ...named('login_code'), auto_generate_otp: true };
	const support = () => {
		Object.assign(client.current.sandbox.behaviour, { otp: true, buttons: 'passed' });
	};

	test('are ignored by a server without them: the field is missing', async () => {
		const { status, body } = await send(login);
		expect([status, body]).toEqual([422, expected('messages.template.otp-unsupported.422')]);
	});

	test('are made, sent and answered', async () => {
		support();
		const { otp, template } = dataOf(await send(login)) as {
			otp: { code: string };
			template: object;
		};
		expect(otp).toEqual({
			...{ code: expect.stringMatching(/^\d{6}$/) as string, generated: true },
			...{ length: 6, field_number: 1 },
		});
		expect(template).toMatchObject({ category: 'AUTHENTICATION' });
		expect(messages()[0]?.text).toBe(`*${otp.code}* is your verification code.`);
		expect(messages()[0]?.template?.buttons).toEqual({ copy_code: otp.code });
	});

	test('have the length asked for', async () => {
		support();
		expect(dataOf(await send({ ...login, otp_length: 10 }))['otp']).toMatchObject({
			code: expect.stringMatching(/^\d{10}$/) as string,
		});
		expect((await send({ ...login, otp_length: 3 })).status).toBe(422);
		expect((await send({ ...login, otp_length: 11 })).status).toBe(422);
		expect((await send({ ...login, otp_field_number: 11 })).status).toBe(422);
	});

	test('fill their field only if the request does not', async () => {
		support();
		const own = await send({ ...login, field_1: '1234', copy_code: '1234' });
		expect(dataOf(own)).not.toHaveProperty('otp');
		expect(messages()[0]?.template?.body).toEqual(['1234']);
	});

	test('can fill another field', async () => {
		support();
		const { otp } = dataOf(
			await send({ ...order, field_2: undefined, auto_generate_otp: 1, otp_field_number: 2 }),
		) as { otp: { code: string } };
		expect(messages()[0]?.template?.body).toEqual(['Ada', otp.code]);
	});
});
