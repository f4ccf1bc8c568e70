import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { generations, locator } from '../account.mts';
import { item, KNOWN, useMessages } from './messaging.mts';

jest.setTimeout(60_000);

const PDF = { name: 'terms.pdf', type: 'application/pdf', content: '%PDF-1.4' };
const TEMPLATE: INodeParameters = {
	template: locator('name', 'reminder_twice'),
	templateVariables: { mappingMode: 'defineBelow', value: { field_1: 'Ada' } },
};
const SENDS: Array<[operation: string, parameters: INodeParameters, own: IDataObject]> = [
	['sendText', { text: 'Hello' }, { message: 'Hello' }],
	[
		'sendMedia',
		{ mediaType: 'document', mediaSource: 'binary', caption: 'Terms' },
		{
			media_type: 'document',
			media_url: expect.any(String) as string,
			caption: 'Terms',
			filename: 'terms.pdf',
		},
	],
	[
		'sendTemplate',
		TEMPLATE,
		{
			template_name: 'reminder_twice',
			language: 'en',
			message: 'Dear Ada, this is a reminder. See you soon, Ada!',
			message_status: 'accepted',
		},
	],
];
const recipients = ['15555557001', KNOWN, '15555557003'];
const items = () => recipients.map((to) => item({ to }, { data: PDF }));
const common = { phoneNumber: '={{ $json.to }}', contactIfNew: { firstName: 'New' } };

describe.each(SENDS)('%s', (operation, parameters, own) => {
	describe.each(generations)('%s server', (server) => {
		const account = useMessages(operation, { server });

		test('puts out the fields of all sends, and its own', async () => {
			const outputs = await account.send({ ...common, ...parameters }, items());
			expect(outputs).toEqual(
				recipients.map((phone) => ({
					message_id: account.sandbox.messages.find((message) => message.phone === phone)?.wamid,
					phone,
					contact_id: account.contactWith(phone)?.id,
					contact_created: phone !== KNOWN,
					status: 'sent',
					sent_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
					...own,
				})),
			);
		});

		test("puts out the server's answer, its ID on top", async () => {
			const outputs = await account.send({ ...common, ...parameters, simplify: false }, items());
			expect(outputs.map(({ message_id: id }) => id)).toEqual(
				recipients.map(
					(phone) => account.sandbox.messages.find((message) => message.phone === phone)?.wamid,
				),
			);
			const [first = {}] = outputs;
			expect(Object.keys(first)).toEqual(
				expect.arrayContaining(
					operation === 'sendTemplate'
						? ['contact', 'template', 'whatsapp_response', 'media_info', 'message_status']
						: ['contact_id', 'chat_id', 'sent_at'],
				),
			);
		});

		test('a number that nobody has, without fields for a contact', async () => {
			const run = await account.attempt({ ...common, contactIfNew: {}, ...parameters }, items(), {
				settings: { onError: 'continueRegularOutput' },
			});
			const [first, second, third] = run.outputs.flat();
			expect(second?.json).toMatchObject({ contact_created: false });
			const hints = run.hints.map(({ message }) => message).join();
			if (server === 'A') {
				expect(JSON.stringify([first, third])).toContain('no contact with this phone number');
				expect(hints).not.toContain('has created contacts');
			} else {
				expect([first?.json, third?.json]).toMatchObject([
					{ contact_created: true },
					{ contact_created: true },
				]);
				expect(hints).toContain('has created contacts');
			}
		});

		test('only what is given is sent, and no null', async () => {
			await account.send({ ...common, ...parameters }, items());
			expect(JSON.stringify(account.bodies())).not.toMatch(/null|undefined|:""/);
		});
	});

	const account = useMessages(operation);
	test('what was accepted is said once, not to be delivered', async () => {
		const hints = (await account.attempt({ ...common, ...parameters }, items())).hints;
		expect(hints.filter(({ message }) => message.includes('delivered'))).toHaveLength(1);
		// Contact If New is filled in.
		expect(hints.map(({ message }) => message).join()).not.toContain('has created contacts');
	});
});

describe('what only some answers have', () => {
	const text = useMessages('sendText');
	const template = useMessages('sendTemplate');
	const send = { phoneNumber: KNOWN, text: 'Hello' };
	const three = [1, 2, 3].map((n) => item({ n }));
	const sent = { message_id: 'wamid.1', contact_id: 41, contact_created: false };
	const answer = (data: IDataObject) => ({
		...({ kind: 'answer', path: '/messages/*', status: 200, when: 'after' } as const),
		body: { status: 'success', data: { ...sent, ...data } },
	});

	test('the time of sending is told in UTC, whatever zone the server writes it in', async () => {
		const before = Date.now();
		text.sandbox.faults.add(answer({ sent_at: '2026-01-16 10:00:00' }));
		for (const { sent_at: at } of await text.send(send, three)) {
			expect(Date.parse(at as string)).toBeGreaterThanOrEqual(before);
			expect(Date.parse(at as string)).toBeLessThanOrEqual(Date.now());
		}
	});

	test.each(['held_for_quality_assessment', 'paused'])('%s is not called sent', async (status) => {
		const held = { messages: [{ id: 'wamid.1', message_status: status }] };
		template.sandbox.faults.add({ ...answer({ whatsapp_response: held }), times: 1 });
		const run = await template.attempt({ phoneNumber: KNOWN, ...TEMPLATE }, three);
		expect(run.outputs.flat().map(({ json }) => json.status)).toEqual(
			expect.arrayContaining(['sent', 'sent', status]),
		);
		expect(run.hints.map(({ message }) => message).join()).toContain('holds some of these');
	});

	test.each([true, false])(
		'no error of a message that was accepted, simplified: %s',
		async (simplify) => {
			text.sandbox.faults.add(answer({ error: 'none' }));
			const outputs = await text.send({ ...send, simplify }, three);
			expect(outputs.map((output) => 'error' in output)).toEqual([false, false, false]);
		},
	);

	const code: INodeParameters = {
		phoneNumber: KNOWN,
		template: locator('name', 'login_code'),
		options: { autoGenerateOtp: true },
	};
	test('a code that the server makes is on top, as text', async () => {
		for (const simplify of [true, false]) {
			const outputs = await template.send({ ...code, simplify }, three);
			// The text lacks the code.
			expect(outputs.filter((output) => 'message' in output)).toEqual([]);
			for (const { otp_code: made, message_id: id } of outputs) {
				const message = template.sandbox.messages.find(({ wamid }) => wamid === id);
				expect(made).toBe(message?.template?.body[0]);
			}
		}
	});
});
