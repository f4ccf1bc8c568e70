import { generations } from '../account.mts';
import { item, KNOWN, useMessages } from './messaging.mts';

jest.setTimeout(30_000);

describe.each(generations)('sendText, %s server', (server) => {
	const account = useMessages('sendText', { server });

	test('three items: their texts go to their numbers, each answer with its message ID', async () => {
		const outputs = await account.send(
			{
				phoneNumber: '={{ $json.to }}',
				text: '={{ $json.text }}',
				contactIfNew: { firstName: '={{ $json.name }}', country: 'DE', groups: 'A, B' },
			},
			[
				item({ to: '+1 (555) 555-7001', text: 'Hi Ada', name: 'Ada' }),
				item({ to: 15555557002, text: 'Hi Bo', name: 'Bo' }),
				item({ to: '0015555557003', text: 'Hi Cleo', name: 'Cleo' }),
			],
		);
		expect(account.sandbox.messages.map(({ phone, text }) => `${phone} ${text}`).sort()).toEqual([
			'15555557001 Hi Ada',
			'15555557002 Hi Bo',
			'15555557003 Hi Cleo',
		]);
		expect(outputs.map(({ message }) => message)).toEqual(['Hi Ada', 'Hi Bo', 'Hi Cleo']);
		for (const { message_id: id, phone } of outputs) {
			expect(account.sandbox.messages.find(({ wamid }) => wamid === id)?.phone).toBe(phone);
		}
	});

	test('a new contact gets its names, country and groups, whatever spelling the server reads', async () => {
		await account.send(
			{
				phoneNumber: '={{ $json.to }}',
				text: 'Hello',
				contactIfNew: {
					firstName: '={{ $json.first }}',
					lastName: '={{ $json.last }}',
					email: '={{ $json.email }}',
					country: '={{ $json.country }}',
					groups: '={{ $json.groups }}',
				},
			},
			[
				item({
					to: '15555557001',
					first: 'Ada',
					last: 'Osei',
					email: 'ada@example.com',
					country: 'in',
				}),
				item({
					to: '15555557002',
					first: 'Bo',
					country: 'united states',
					groups: ['VIP', ' News '],
				}),
				item({ to: '15555557003', last: 'Ünal', country: '', groups: 'VIP, News,' }),
			],
		);
		const contacts = ['15555557001', '15555557002', '15555557003'].map((phone) =>
			account.contactWith(phone),
		);
		expect(contacts).toMatchObject([
			{ firstname: 'Ada', lastname: 'Osei', email: 'ada@example.com', country_id: 102 },
			{ firstname: 'Bo', lastname: '', email: null, country_id: 236 },
			{
				firstname: server === 'A' ? 'Unknown' : '+15555557003',
				lastname: 'Ünal',
				country_id: null,
			},
		]);
		expect(contacts[0]?.group_id).toBeNull();
		expect(contacts[1]?.group_id).toHaveLength(2);
		expect(contacts[2]?.group_id).toEqual(contacts[1]?.group_id);
		expect(account.bodies().find(({ phone_number: to }) => to === '15555557001')?.contact).toEqual({
			first_name: 'Ada',
			firstname: 'Ada',
			last_name: 'Osei',
			lastname: 'Osei',
			email: 'ada@example.com',
			country: 'India',
		});
	});

	test('without fields for a new contact none is asked for', async () => {
		await account.attempt({ phoneNumber: '15555557009', text: 'Hello', contactIfNew: {} });
		expect(account.bodies()).toEqual([{ phone_number: '15555557009', message_body: 'Hello' }]);
	});
});

describe('sendText', () => {
	const account = useMessages('sendText', { server: 'A' });
	const parameters = { phoneNumber: KNOWN, text: '={{ $json.text }}' };

	test('texts arrive as written', async () => {
		const texts = [
			'First line\nSecond line\r\nThird\tline',
			'She said "no" — it\'s \\n not {a} line {{break}} <b>&amp;</b>',
			'Emoji 👩‍👩‍👧‍👦 🇧🇷 and ünïcödé',
			'שלום עולם، مرحبا',
			'x'.repeat(4096),
			'🎉'.repeat(4096),
		];
		await account.send(
			parameters,
			texts.map((text) => item({ text })),
		);
		expect(account.sandbox.messages.map(({ text }) => text)).toEqual(texts);
	});

	test('WhatsCloud fills in words in braces', async () => {
		const [output] = await account.send(parameters, [item({ text: 'Hi {contact_first_name}!' })]);
		expect(output?.message).not.toContain('{');
	});

	test.each([
		['empty', '', '"Text" is empty'],
		['blank', ' \n ', '"Text" is empty'],
		['too long', 'x'.repeat(4097), '"Text" is too long'],
		['half an emoji', 'x\ud83d', 'half an emoji'],
		['an object', { a: 1 }, '"Text" must be text'],
	])('refused before sending: %s', async (_, text, title) => {
		const items = [item({ text: 'Fine' }), item({ text }), item({ text: 'Fine too' })];
		expect(await account.refused(parameters, items)).toContain(title);
	});

	test.each(['US.1349120865530274', '120363041234567890@g.us', '120363041234567890'])(
		'refused before sending: the ID "%s", with the reason',
		async (to) => {
			const error = await account.refused({ phoneNumber: '={{ $json.to }}', text: 'Hi' }, [
				item({ to: KNOWN }),
				item({ to }),
				item({ to: '15555550102' }),
			]);
			expect(error).toContain("is WhatsApp's ID of a person or a group");
			expect(error).toContain('no version of WhatsCloud can send');
		},
	);

	test.each([
		['12345', 'is too short'],
		['05555550101', 'has no country code'],
		['+1 555 555 0101, +1 555 555 0102', 'looks like several numbers'],
		['', 'The phone number is missing'],
		['Ada', 'characters that do not belong'],
	])('refused before sending: the number "%s"', async (to, title) => {
		const error = await account.refused({ phoneNumber: '={{ $json.to }}', text: 'Hi' }, [
			item({ to: KNOWN }),
			item({ to }),
			item({ to: '15555550102' }),
		]);
		expect(error).toContain(title);
		expect(error).toContain('15555550101');
	});

	test.each([
		[{ email: 'not an address' }, 'Contact If New > Email'],
		[{ firstName: 'x'.repeat(192) }, 'Contact If New > First Name'],
		[{ groups: [{ id: 1 }] }, '"Contact If New > Group Names" must be text'],
	])('refused before sending: a new contact with %j', async (contactIfNew, words) => {
		const error = await account.refused({
			phoneNumber: KNOWN,
			text: 'Hi',
			contactIfNew: { ...contactIfNew },
		});
		expect(error).toContain(words);
	});

	test('an unknown contact, a number that WhatsApp refuses: each its own error, the others are sent', async () => {
		const run = await account.attempt(
			{ phoneNumber: '={{ $json.to }}', text: '=To {{ $json.to }}' },
			[item({ to: '15555559999' }), item({ to: KNOWN }), item({ to: 'x' })],
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(run.outputs[0]?.map(({ json }) => [json.error, json.message])).toEqual([
			[expect.stringContaining('no contact with this phone number'), undefined],
			[undefined, `To ${KNOWN}`],
			[expect.stringContaining('"x"'), undefined],
		]);
	});

	test('60 messages to 6 numbers, ten at a time: the order of each number is kept', async () => {
		const numbers = Array.from({ length: 6 }, (_, index) => `1555555700${String(index)}`);
		const items = Array.from({ length: 60 }, (_, index) =>
			item({ to: numbers[(index * 7) % 6] ?? '', text: String(index) }),
		);
		await account.send(
			{
				phoneNumber: '={{ $json.to }}',
				text: '={{ $json.text }}',
				contactIfNew: { firstName: 'New' },
				options: { parallelRequests: 10 },
			},
			items,
		);
		for (const number of numbers) {
			const sent = account.sandbox.messages.filter(({ phone }) => phone === number);
			const order = sent.map(({ text }) => Number(text));
			expect(order).toHaveLength(10);
			expect(order).toEqual([...order].sort((a, b) => a - b));
		}
	});
});
