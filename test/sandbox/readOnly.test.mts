import { dataOf, expected, useClient } from './client.mts';

const client = useClient();
const listed = async (resource: string) =>
	(
		dataOf(await client.current.get(`/${resource}?per_page=100`)) as {
			data: Record<string, unknown>[];
		}
	).data;
const named = async (name: string) => {
	const found = (await listed('templates')).find(({ template_name }) => template_name === name);
	return found ?? {};
};

/** The JSON type of every field, null counting as the type it stands for. */
const typesOf = (record: object) =>
	Object.fromEntries(Object.entries(record).map(([key, value]) => [key, typeof value]));

test('a template has the fields and types of the contract', async () => {
	const contract = (expected('templates.get.200') as { data: object }).data;
	const reply = await client.current.get('/templates/2');
	const withoutNulls = (types: Record<string, string>) =>
		Object.fromEntries(Object.entries(types).filter(([, type]) => type !== 'object'));
	expect(withoutNulls(typesOf(dataOf(reply)))).toEqual(withoutNulls(typesOf(contract)));
	expect(Object.keys(dataOf(reply)).sort()).toEqual(Object.keys(contract).sort());
});

test('quirk 32: the list also holds templates that are not approved', async () => {
	const statuses = new Set((await listed('templates')).map(({ status }) => status));
	expect(statuses).toEqual(new Set(['APPROVED', 'PENDING', 'REJECTED']));
});

test('quirk 31: the counts count repeated markers', async () => {
	expect(await named('reminder_twice')).toMatchObject({ body_params_count: 2 });
	expect(await named('long_summary')).toMatchObject({ body_params_count: 12 });
	expect(await named('appointment_named')).toMatchObject({ body_params_count: 3 });
});

test('quirk 30: buttons are JSON text', async () => {
	const { buttons_data } = await named('track_parcel');
	expect(typeof buttons_data).toBe('string');
	expect(JSON.parse(String(buttons_data))).toMatchObject([{ type: 'URL', text: 'Track' }]);
	expect((await named('hello_world'))['buttons_data']).toBeNull();
});

test("Meta's template id may exceed what a JavaScript number holds", async () => {
	const { text } = await client.current.get('/templates/1');
	expect(text).toContain('"template_id":90071992547409931,');
});

test('one name exists in two languages', async () => {
	const languages = (await listed('templates'))
		.filter(({ template_name }) => template_name === 'order_update')
		.map(({ language }) => language);
	expect(languages.sort()).toEqual(['en', 'es']);
});

test.each(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', null])(
	'there is a template with the header %s',
	async (format) => {
		const formats = (await listed('templates')).map(({ header_data_format }) => header_data_format);
		expect(formats).toContain(format);
	},
);

test.each(['templatebots', 'messagebots'] as const)(
	'%s have the fields of the contract',
	async (resource) => {
		const contract = (expected(`${resource}.get.200`) as { data: object }).data;
		const reply = await client.current.get(`/${resource}/1`);
		expect(Object.keys(dataOf(reply)).sort()).toEqual(Object.keys(contract).sort());
		expect(typesOf(dataOf(reply))['is_bot_active']).toBe(typesOf(contract)['is_bot_active']);
	},
);

test('a template bot is active with 1, a message bot with true', async () => {
	expect(dataOf(await client.current.get('/templatebots/1'))['is_bot_active']).toBe(1);
	expect(dataOf(await client.current.get('/messagebots/1'))['is_bot_active']).toBe(true);
});

test('the parameters of a template bot are JSON text (quirk 30)', async () => {
	const { body_params } = dataOf(await client.current.get('/templatebots/1'));
	expect(JSON.parse(String(body_params))).toEqual(['{contact_first_name}']);
});

test.each(['templates', 'templatebots', 'messagebots'] as const)(
	'a missing record of %s answers 404',
	async (resource) => {
		const { status, body } = await client.current.get(`/${resource}/999999`);
		expect(status).toBe(404);
		expect(body).toEqual(expected(`${resource}.404`));
	},
);

test.each(['templates', 'templatebots', 'messagebots'])(
	'%s cannot be written',
	async (resource) => {
		expect((await client.current.post(`/${resource}`, {})).status).toBe(405);
		expect((await client.current.remove(`/${resource}/1`)).status).toBe(405);
	},
);
