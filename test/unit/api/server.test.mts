import { observedClient } from '../../../nodes/WhatsCloud/api/api';
import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';

/** Contacts and templates as the generations show them. */
const contact = { id: 41, firstname: 'Ada', is_enabled: true, group_id: [4] };
const B = { ...contact, custom_fields_data: null };
const C = { ...B, is_opted_out: null, opted_out_date: null };
const brief = { id: 41, firstname: 'Ada', phone: '15555550101' };
const number = { id: 3, template_id: 1_234_567_890_123_456 };
const text = { id: 3, template_id: '1234567890123456' };
const long = { id: 3, template_id: '12345678901234567890' };

type Records = Partial<Record<'contacts' | 'templates', object[]>>;

function serve(records: Records, refuses?: ApiError) {
	const requests: string[] = [];
	const { client, server } = observedClient({
		send: ({ method, path }) => {
			requests.push(path);
			if (refuses) return Promise.reject(refuses);
			const [kind, id] = path.split('/');
			const all = records[kind as keyof Records] ?? [];
			const read = id
				? all.find((record) => String((record as typeof contact).id) === id)
				: { data: all };
			const data = { GET: read, POST: { id: 42, firstname: 'Bo' }, PUT: contact, DELETE: null }[
				method
			];
			return Promise.resolve({
				...{ status: 200, headers: {} },
				text: JSON.stringify({ status: 'success', data }),
			});
		},
		onRateLimit: 'fail',
		wait: () => Promise.resolve(),
	});
	return { client, server, requests };
}

describe('a contact that is read', () => {
	test.each<[string, object, boolean | undefined]>([
		['of the first generation', contact, false],
		['of the second', B, true],
		['of the third', C, true],
		['of a brand whose records are short', brief, undefined],
	])('%s tells whether an update needs its type', async (_, record, expected) => {
		for (const read of [
			async ({ client }: ReturnType<typeof serve>) => await client.get('contacts/41'),
			async ({ client }: ReturnType<typeof serve>) => await client.getList('contacts', {}),
		]) {
			const served = serve({ contacts: [record] });
			await read(served);
			expect(served.server.needsType()).toBe(expected);
		}
	});

	test('tells anew after an update of the server', async () => {
		const contacts: object[] = [contact];
		const { client, server } = serve({ contacts });
		await client.get('contacts/41');
		contacts[0] = C;
		await client.get('contacts/41');
		expect(server.needsType()).toBe(true);
	});

	test('that is missing tells nothing, nor do the answers to a create and an update', async () => {
		const { client, server } = serve({});
		await client.get('contacts/41');
		await client.post('contacts', {});
		await client.put('contacts/41', {});
		expect(server.needsType()).toBeUndefined();
	});
});

describe('the order of a document', () => {
	test.each([
		['a number', number, false],
		['text', text, true],
		['longer than a number can be', long, undefined],
	])("is told by Meta's id of a template, which is %s", async (_, template, expected) => {
		const { server } = serve({ templates: [template] });
		expect(await server.documentsInOrder()).toBe(expected);
	});

	test('is told by a contact with a Facebook id, and not by one without', async () => {
		const contacts: object[] = [C];
		const { client, server } = serve({ contacts });
		await client.get('contacts/41');
		expect(await server.documentsInOrder()).toBeUndefined();
		contacts[0] = { ...C, facebook_psid: null };
		await client.get('contacts/41');
		expect(await server.documentsInOrder()).toBe(true);
	});
});

describe('a question', () => {
	test('costs one request in a run, and none where an answer has told already', async () => {
		const { server, requests, client } = serve({ contacts: [B], templates: [number] });
		await Promise.all([1, 2, 3].map(async () => await server.documentsInOrder()));
		await server.documentsInOrder();
		expect(requests).toEqual(['templates']);
		await client.get('contacts/41');
		expect(server.needsType()).toBe(true);
		expect(requests).toEqual(['templates', 'contacts/41']);
	});

	test.each([
		['no record is there', undefined],
		[
			'the token may not read them',
			new ApiError(
				{ method: 'GET', path: 'templates' },
				{ title: 'No', description: '', outcome: 'refused' },
				{ status: 403 },
			),
		],
	])('stays open where %s, and is asked once', async (_, refusal) => {
		const { server, requests } = serve({}, refusal);
		expect(await server.documentsInOrder()).toBeUndefined();
		expect(await server.documentsInOrder()).toBeUndefined();
		expect(requests).toEqual(['templates']);
	});
});
