import { messages, outcomes, phone, useSending } from './sending.mts';

jest.setTimeout(30_000);

const account = useSending(60);

/** The texts that one number got, in the order they came. */
function textsTo(index: number): unknown[] {
	return account.sandbox.requests
		.filter(({ body, status }) => body['phone_number'] === phone(index) && status === 200)
		.map(({ body }) => body['message_body']);
}

test('guarantee: Messages to one phone number leave in the order of the items.', async () => {
	// Answers overtake each other.
	account.sandbox.faults.add({ kind: 'delay', ms: 15, probability: 0.5, path: '/messages/send' });
	const items = messages(60, 6);
	const run = await account.send({ items, options: { parallelRequests: 10 } });
	for (let number = 0; number < 6; number++) {
		const expected = Array.from({ length: 10 }, (_, turn) => `Message ${turn * 6 + number}`);
		expect(textsTo(number)).toEqual(expected);
	}
	expect(outcomes(run)).toEqual(items.map(({ json }, item) => [item, json.text]));
});

test('a message that fails does not change the order of those after it', async () => {
	account.sandbox.faults.add({ kind: 'delay', ms: 10, probability: 0.5, path: '/messages/send' });
	account.faultAfter(3, {
		kind: 'answer',
		status: 422,
		body: { status: 'error', message: 'No' },
	});
	const run = await account.send({
		items: messages(30, 3),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(outcomes(run).filter(([, text]) => text === 'error').length).toBe(1);
	for (let number = 0; number < 3; number++) {
		const numbers = textsTo(number).map((text) => Number(String(text).split(' ')[1]));
		expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
	}
	expect(account.texts().length).toBe(29);
});

test.each([1, 7, 50])('works on %d items at a time, no more', async (parallelRequests) => {
	account.sandbox.faults.add({ kind: 'delay', ms: parallelRequests * 4, path: '/messages/send' });
	let most = 0;
	void account.until(() => {
		const underWay = account.sandbox.requests.filter(({ status }) => status === 0).length;
		most = Math.max(most, underWay);
		return false;
	});
	await account.send({ items: messages(60), options: { parallelRequests } });
	expect(most).toBe(parallelRequests);
});
