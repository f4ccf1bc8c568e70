import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { CREDENTIAL } from '../api/http';
import { isObject, listOf } from '../checks/json';
import type { DeliveredEvent } from './delivery';
import { isSignedWith, readDelivery, RecentEvents } from './delivery';

const MAX_BYTES = 5 * 1024 * 1024;
const UNSIGNED = 'The signature is missing';

/**
 * Of all webhook triggers, for as long as this process lives. Not in n8n's static data: writing it would
 * write back the data of the workflow's other nodes as they were when the request began.
 */
const recentEvents = new RecentEvents();

/** A delivery that starts nothing, and must not be answered with success. */
class Refusal extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

/** One delivery of WhatsCloud: answered at once, and an execution only for what is wanted, allowed and new. */
export async function runWebhook(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await receive(context).catch((error: unknown) => {
		if (!(error instanceof Refusal)) throw error;
		const { status, message } = error;
		// It may be somebody else who sends; or a wrong secret, which n8n's people must learn of.
		if (status === 401) context.logger.warn(`A webhook delivery was refused: ${message}`);
		context.getResponseObject().status(status).json({ error: message });
		return { noWebhookResponse: true };
	});
}

/** @throws Refusal */
async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const raw = await readBody(context);
	const isSigned = await checkSignature(context, raw);
	const delivered = readDelivery(raw, context.getHeaderData(), new Date());
	if (typeof delivered === 'string') throw new Refusal(400, delivered);
	// Older servers forward Meta's own body unsigned; everything else is signed wherever there is a secret.
	if (!isSigned && !delivered.isMeta) throw new Refusal(401, UNSIGNED);
	return answer(context, delivered.events);
}

function answer(context: IWebhookFunctions, events: DeliveredEvent[]): IWebhookResponseData {
	const wanted = events.filter(({ item }) => isChosen(context, item));
	if (wanted.length === 0) return done('This event is not one that starts the workflow');
	const fresh = context.getMode() === 'manual' ? wanted : claimed(context, wanted);
	if (fresh.length === 0) return done('This was delivered before');
	const isSimple = context.getNodeParameter('simplify', true) === true;
	const items = fresh.map(({ item, payload }) => (isSimple ? item : { ...item, payload }));
	return {
		...done('The workflow was started'),
		workflowData: [items.map((json) => ({ json: json as IDataObject }))],
	};
}

function done(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

function isChosen(context: IWebhookFunctions, { event, type }: DeliveredEvent['item']): boolean {
	const events = context.getNodeParameter('events', []) as string[];
	const types = event === 'messageReceived' ? listOf(optionsOf(context).messageTypes) : [];
	return events.includes(event) && (types.length === 0 || types.includes(type));
}

/** The events that did not come before. @throws Refusal while one of them is being taken, since that may fail */
function claimed(context: IWebhookFunctions, events: DeliveredEvent[]): DeliveredEvent[] {
	const now = Date.now();
	// Not by its id, which workflows made by hand may have twice.
	const node = JSON.stringify([context.getWorkflow().id, context.getNode().name]);
	const states = events.map(({ key }) =>
		key === null ? 'new' : recentEvents.stateOf(node + key, now),
	);
	if (states.includes('pending')) throw new Refusal(503, 'This is still being taken');
	const fresh = events.filter((_, index) => states[index] === 'new');
	const keys = fresh.flatMap(({ key }) => (key === null ? [] : [node + key]));
	recentEvents.claim(keys, context.getResponseObject(), now);
	return fresh;
}

function optionsOf(context: IWebhookFunctions): IDataObject {
	return context.getNodeParameter('options', {}) as IDataObject;
}

/** @throws Refusal */
async function readBody(context: IWebhookFunctions): Promise<Buffer> {
	const tooLarge = new Refusal(413, 'The body is larger than 5 MB');
	const request = context.getRequestObject();
	if (Number(request.headers['content-length']) > MAX_BYTES) throw tooLarge;
	try {
		// n8n has read it already where it knows the type of the content.
		await request.readRawBody();
	} catch (error) {
		const isTooLarge = isObject(error) && error.type === 'entity.too.large';
		throw isTooLarge ? tooLarge : new Refusal(400, 'The body could not be read');
	}
	if (request.rawBody.length > MAX_BYTES) throw tooLarge;
	return request.rawBody;
}

/**
 * Whether the body is signed. Without a secret in the credential, every signature and none is right.
 * @throws Refusal for a wrong signature, and for none where unsigned bodies are not accepted
 */
async function checkSignature(context: IWebhookFunctions, raw: Buffer): Promise<boolean> {
	const secret = await readSecret(context);
	if (secret === undefined) return true;
	const signature = context.getHeaderData()['x-webhook-signature'];
	if (signature !== undefined) {
		if (isSignedWith(secret, raw, signature)) return true;
		throw new Refusal(401, 'The signature is wrong');
	}
	if (optionsOf(context).acceptUnsigned !== true) throw new Refusal(401, UNSIGNED);
	return false;
}

/** @throws when the credential can't be read: nobody knows then whether a signature is asked for */
async function readSecret(context: IWebhookFunctions): Promise<string | undefined> {
	const node = context.getNode();
	if (node.credentials?.[CREDENTIAL] === undefined) return undefined;
	const { webhookSecret } = await context.getCredentials(CREDENTIAL);
	if (webhookSecret === '') return undefined;
	if (typeof webhookSecret !== 'string') {
		throw new NodeOperationError(node, 'The webhook secret of the credential is not a text', {
			description:
				'Nothing is accepted until it is. If the secret comes from an expression, check what it gives.',
		});
	}
	// White space comes along when a secret is copied. A secret of nothing else is one all the same.
	return webhookSecret.trim() || webhookSecret;
}
