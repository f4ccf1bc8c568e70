import { recordIn, isObject } from './answers.mts';
import { type Cleaning, type Made } from './made.mts';
import { numberOfNobody } from './nobody.mts';
import type { Reading } from './reading.mts';

const words = 'Hello from the probe of n8n-nodes-whatscloud. Nothing else will follow.';

/** One text to a number of the user's own, and one to a number that is nobody's. */
export async function send(reading: Reading, cleaning: Cleaning, number: string): Promise<void> {
	const { wire, findings, say } = reading;
	const text = async (phone_number: string) =>
		await wire.ask({
			...{ method: 'POST', path: '/messages/send' },
			body: { phone_number, message_body: words },
		});
	say('a text to your own number');
	const own = await text(number);
	const { message_id, contact_created, contact_id } = recordIn(own) ?? {};
	// Only where the answer says so: without it, the contact could be an older one of the user's.
	if (contact_created === true && typeof contact_id === 'number') {
		cleaning.add({ resource: 'contacts', key: number, id: contact_id });
	}
	const came = `HTTP ${own.status}${contact_created === true ? ', a contact was made' : ''}`;
	findings.fact('A text is sent, with a message_id', typeof message_id === 'string', came);

	say('a text to nobody');
	const phone = numberOfNobody(20);
	const made: Made = { resource: 'contacts', key: phone };
	// Whether it was made shows in the list only, as Meta may refuse the message afterwards.
	const reply = await cleaning.create(made, async () => await text(phone));
	if (recordIn(reply)?.['contact_created'] === false) {
		cleaning.forget(made);
		findings.notAsked.sendsCreateContacts = 'the account has a contact with the number of nobody';
		return;
	}
	const id = await cleaning.idOf(made);
	findings.set('sendsCreateContacts', id !== undefined);
	if (id === undefined) return;
	const record = recordIn(await wire.ask({ path: `/contacts/${id}` })) ?? {};
	findings.set('sendsRewritePhone', record['phone'] === `+${phone}`);
	const error = isObject(reply.body) ? reply.body['error'] : undefined;
	findings.fact(
		"WhatsApp's refusal is JSON in a text",
		reply.status === 500 ? typeof error === 'string' : undefined,
		`HTTP ${reply.status}`,
	);
}
