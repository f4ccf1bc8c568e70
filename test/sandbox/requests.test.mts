import { errorsOf, useClient } from './client.mts';

const client = useClient();
const person = { firstname: 'Ada', lastname: 'Example', phone: '15555551001', type: 'lead' };
const whole = { ...person, status_id: 1, source_id: 1 };
const newest = () => client.current.sandbox.data.contacts.all().at(-1);

test('strings are trimmed', async () => {
	await client.current.post('/contacts', { ...whole, firstname: '  Ada \n' });
	expect(newest()?.firstname).toBe('Ada');
});

test('quirk 24: an empty string becomes null and fails as no string', async () => {
	const reply = await client.current.post('/statuses', { name: 'Trial', color: ' ' });
	expect(errorsOf(reply)).toEqual({ color: ['The color field must be a string.'] });
});

test('an empty string in a required field counts as missing', async () => {
	const reply = await client.current.post('/sources', { name: '' });
	expect(errorsOf(reply)).toEqual({ name: ['The name field is required.'] });
});

test('a malformed JSON body counts as an empty one', async () => {
	const { status, body } = await client.current.post('/messages/send', '{"phone_number": ');
	expect(status).toBe(422);
	expect(body).toEqual({
		status: 'error',
		message: 'Validation failed',
		errors: {
			phone_number: ['The phone number field is required.'],
			message_body: ['The message body field is required.'],
		},
	});
});

test('a body of an unknown type counts as an empty one', async () => {
	const reply = await client.current.request('POST', '/sources', JSON.stringify({ name: 'A' }), {
		'Content-Type': 'text/plain',
	});
	expect(errorsOf(reply)).toEqual({ name: ['The name field is required.'] });
});

test('a phone sent as a number is refused', async () => {
	const reply = await client.current.post('/contacts', { ...whole, phone: 15555551001 });
	expect(errorsOf(reply)).toEqual({ phone: ['The phone field must be a string.'] });
});

test('integers may be numeric strings', async () => {
	const reply = await client.current.post('/contacts', {
		...whole,
		status_id: '2',
		source_id: '1',
	});
	expect(reply.status).toBe(201);
	expect(newest()?.status_id).toBe(2);
});

test.each([['two'], ['2.5'], [2.5], ['02'], [[2]], [false]])(
	'%j is no integer',
	async (status_id) => {
		const reply = await client.current.post('/contacts', { ...whole, status_id });
		expect(errorsOf(reply)).toEqual({ status_id: ['The status id field must be an integer.'] });
	},
);

test.each([[true], [false], [1], [0], ['1'], ['0']])('%j is a boolean', async (isdefault) => {
	const reply = await client.current.post('/statuses', { name: 'Trial', isdefault });
	expect(reply.status).toBe(201);
});

test.each([['true'], ['false'], ['yes'], [2], [null]])('%j is no boolean', async (isdefault) => {
	const reply = await client.current.post('/statuses', { name: 'Trial', isdefault });
	expect(errorsOf(reply)).toEqual({ isdefault: ['The isdefault field must be true or false.'] });
});

test('unknown fields are ignored, the tenant and the author among them', async () => {
	await client.current.post('/contacts', { ...whole, tenant_id: 1, addedfrom: 99, nonsense: 1 });
	expect(newest()).toMatchObject({ tenant_id: 7, addedfrom: 3 });
	expect(newest()).not.toHaveProperty('nonsense');
});

test('a form-encoded body works', async () => {
	const form = new URLSearchParams({ ...person, status_id: '1', source_id: '2' });
	form.append('group_id[]', '4');
	form.append('group_id[]', '9');
	expect((await client.current.post('/contacts', form)).status).toBe(201);
	expect(newest()).toMatchObject({ source_id: 2, group_id: ['4', '9'] });
});

test('a multipart body works, with contact[first_name] as a nested field', async () => {
	const form = new FormData();
	form.set('phone_number', '15555551002');
	form.set('message_body', 'Hi');
	form.set('contact[first_name]', ' Zoë ');
	form.set('contact[country]', 'india');
	expect((await client.current.post('/messages/send', form)).status).toBe(200);
	expect(newest()).toMatchObject({ firstname: 'Zoë', country_id: 102 });
});

test('answers escape slashes and everything beyond ASCII', async () => {
	const { text } = await client.current.post('/sources', { name: 'a/é 🙂' });
	expect(text).toContain(String.raw`"name":"a\/\u00e9 \ud83d\ude42"`);
});

test('answers are application/json without a charset', async () => {
	const { headers } = await client.current.get('/contacts');
	expect(headers.get('content-type')).toBe('application/json');
});

test('lengths count characters, not UTF-16 units', async () => {
	const name = '🙂'.repeat(255);
	expect((await client.current.post('/sources', { name })).status).toBe(201);
	const reply = await client.current.post('/sources', { name: `${name}x` });
	expect(errorsOf(reply)).toEqual({
		name: ['The name field must not be greater than 255 characters.'],
	});
});
