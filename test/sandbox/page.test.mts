import { Script } from 'node:vm';
import { ask, openClient, useClient } from './client.mts';

const client = useClient();
const at = (path: string) => ask(`${client.current.sandbox.url}${path}`);

test('the page says that no message leaves the computer, and how to connect', async () => {
	const { status, text } = await at('/');
	expect(status).toBe(200);
	expect(text).toContain('No message leaves this computer');
	expect(text).toContain(`<code>${client.current.sandbox.baseUrl}</code>`);
	expect(text).toContain('<code>demo</code>');
	expect(text).not.toContain(client.current.sandbox.token);
});

test('it loads nothing from elsewhere, and its policy forbids it', async () => {
	const [page, script, style] = [await at('/'), await at('/page.js'), await at('/page.css')];
	const everything = [page, script, style].map(({ text }) => text).join('');
	const elsewhere = everything
		.replaceAll(client.current.sandbox.url, '')
		.match(/(https?:)?\/\/\w+\.\w+/g);
	expect(elsewhere).toBeNull();
	expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('what is not its own is escaped', async () => {
	const { sandbox } = await openClient({ subdomain: '<b>&"' });
	const { text } = await ask(sandbox.url);
	expect(text).toContain('&lt;b&gt;&amp;&quot;');
	expect(text).not.toContain('<b>&"');
});

test('its script is complete in itself', async () => {
	const { text, headers } = await at('/page.js');
	expect(headers.get('content-type')).toMatch(/^text\/javascript/);
	expect(() => new Script(text)).not.toThrow();
	expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
});

test('every switch is offered, with its words', async () => {
	const { text } = await at('/');
	const offered = [...text.matchAll(/data-switch="(\w+)"/g)].map(([, name]) => name);
	const leftOut = ['abilities', 'missingRoutes'];
	const names = Object.keys(client.current.sandbox.behaviour);
	expect(offered.sort()).toEqual(names.filter((name) => !leftOut.includes(name)).sort());
});

test('the overview has contacts with messages first', async () => {
	await client.current.post('/messages/send', {
		...{ phone_number: '15555550102', message_body: 'Hi' },
	});
	client.current.sandbox.faults.add({ kind: 'answer', status: 500, times: 2 });
	const { body } = await at('/sandbox/overview');
	expect((body as { contacts: object[] }).contacts.slice(0, 2)).toMatchObject([
		{ id: 2, name: 'Bo Sample', phone: '15555550102', status: 'New' },
		{ id: 1, name: 'Ada Example' },
	]);
	expect(body).toMatchObject({
		contactCount: 13,
		messages: [{ text: 'Hi' }],
		requests: [{ method: 'POST', status: 200 }],
		faults: ['answer 500 before (2 of 2)'],
		rateLimit: null,
	});
});

test('without messages they come by name, and whom WhatsApp refuses comes last', async () => {
	const { sandbox } = client.current;
	sandbox.data.insertContacts([
		{ firstname: 'Ada', lastname: 'Aardvark', phone: '15550180000' },
		{ firstname: 'Zoe', lastname: 'Last', phone: '15550180001' },
	]);
	const { body } = await at('/sandbox/overview');
	expect((body as { contacts: { name: string }[] }).contacts.map(({ name }) => name)).toEqual([
		...['Ada Example', 'Bo Sample', 'Cy Placeholder', 'Dee Muster', 'Éloïse Modèle'],
		...['Fay', 'Gus', 'Hal', 'Ivy', 'Jo', 'Kim'].map((name) => `${name} Imported`),
		...['Lou Specimen', 'Zoe Last', 'Ada Aardvark', 'Max Unreachable'],
	]);
});

test('the page is told of changes, many at once as one', async () => {
	const controller = new AbortController();
	const response = await fetch(`${client.current.sandbox.url}/sandbox/events`, {
		signal: controller.signal,
	});
	let told = '';
	const reading = (async () => {
		for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
			told += Buffer.from(chunk).toString();
		}
	})().catch(() => undefined);
	for (let count = 0; count < 10; count++) await client.current.get('/contacts');
	await new Promise((resolve) => setTimeout(resolve, 500));
	controller.abort();
	await reading;
	const count = told.match(/data: changed/g)?.length ?? 0;
	expect(count).toBeGreaterThanOrEqual(1);
	expect(count).toBeLessThan(10);
});

test('the token is told to this computer when asked', async () => {
	expect((await at('/sandbox/token')).body).toEqual({ token: client.current.sandbox.token });
});

describe('a chat', () => {
	const write = (message: object) =>
		ask(`${client.current.sandbox.url}/sandbox/received`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ phone: '15555550101', message }),
		});
	const shown = async () => {
		const { body } = await at('/sandbox/overview');
		return (body as { messages: object[] }).messages;
	};

	test('has a template as the phone shows it, with its buttons', async () => {
		client.current.sandbox.behaviour.buttons = 'passed';
		const to = { phone_number: '15555550101', template_language: 'en' };
		await client.current.post('/messages/template', {
			...{ ...to, template_name: 'order_update', header_field_1: '77' },
			...{ field_1: 'Ada', field_2: '77' },
		});
		await client.current.post('/messages/template', {
			...{ ...to, template_name: 'track_parcel', field_1: 'Ada', button_0: 'a b' },
		});
		expect(await shown()).toMatchObject([
			{
				...{ from: 'business', header: 'Order 77', footer: 'Example Widgets' },
				...{ text: 'Hello Ada, order 77 is on its way.', buttons: [{ text: 'Thanks' }] },
			},
			{ buttons: [{ text: 'Track', url: 'https://example.com/t/a%20b' }] },
		]);
	});

	describe('has the send that was refused, with the reason', () => {
		const max = '15555550000';
		const refusedNumber = 'This sandbox refuses all numbers that end in 0000.';
		const hello = { template_name: 'hello_world', template_language: 'en_US' };
		const url = () => `${client.current.sandbox.url}/sandbox/media`;

		test.each<[string, string, () => object, object]>([
			[
				'a text to a number that WhatsApp refuses',
				'send',
				() => ({ phone_number: `+${max}`, message_body: 'Hello?' }),
				{ contactId: 12, text: 'Hello?', about: `to ${max},`, refusal: refusedNumber },
			],
			[
				'media',
				'media',
				() => ({ phone_number: max, media_type: 'image', media_url: `${url()}/flyer.png` }),
				{ contactId: 12, refusal: refusedNumber },
			],
			[
				'a template',
				'template',
				() => ({ phone_number: max, ...hello }),
				{ contactId: 12, about: `template hello_world, to ${max},`, refusal: refusedNumber },
			],
			[
				'media whose address gives no file',
				'media',
				() => ({ phone_number: '15555550101', media_type: 'image', media_url: `${url()}/no.png` }),
				{ contactId: 1, refusal: expect.stringContaining('could not be downloaded') as string },
			],
			[
				'what breaks a rule',
				'send',
				() => ({ phone_number: '15555550101' }),
				{ contactId: 1, refusal: expect.stringContaining('required') as string },
			],
		])('%s', async (_what, kind, message, bubble) => {
			const { sandbox, post } = client.current;
			await post(`/messages/${kind}`, message());
			expect(await shown()).toMatchObject([{ from: 'business', ...bubble }]);
			expect(sandbox.messages).toEqual([]);
			sandbox.reset();
			expect(await shown()).toEqual([]);
		});

		test('and none that went to nobody', async () => {
			for (const phone_number of ['15550188999', '1', '']) {
				const { status } = await client.current.post('/messages/send', {
					...{ phone_number, message_body: '' },
				});
				expect(status).toBeGreaterThanOrEqual(400);
			}
			expect(await shown()).toEqual([]);
		});
	});

	test('says of what was written whether n8n got it', async () => {
		await write({ type: 'text', text: { body: 'anybody there?' } });
		const { sandbox } = client.current;
		const nobody = 'http://127.0.0.1:9/webhook';
		sandbox.webhooks = { ...sandbox.webhooks, messagesUrl: nobody };
		await write({ type: 'image', image: { id: '1', caption: 'and now?' } });
		sandbox.webhooks = { ...sandbox.webhooks, messagesUrl: null };
		const deadline = Date.now() + 5000;
		while (sandbox.deliveries[0]?.state === 'underWay' && Date.now() < deadline) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect(await shown()).toMatchObject([
			{ from: 'contact', text: 'anybody there?', delivery: { state: 'nowhere' } },
			{
				...{ from: 'contact', text: 'and now?', media: { type: 'image' } },
				delivery: {
					state: 'givenUp',
					problem: 'Nobody answers at this address. Is n8n running there?',
				},
			},
		]);
	});
});
