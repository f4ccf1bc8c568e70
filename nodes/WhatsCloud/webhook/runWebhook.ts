import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { CREDENTIAL } from '../api/http';
import { isObject, listOf } from '../checks/json';
import type { Delivered, DeliveredEvent, WebhookItem } from './delivery';
import { readDelivery } from './delivery';
import { RecentEvents } from './recentEvents';
import { isSignedWith } from './signature';

const MAX_BYTES = 5 * 1024 * 1024;

/**
 * Of all webhook triggers, for as long as this process lives. Not in n8n's static data: writing it would
 * write back the data of the workflow's other nodes as they were when the request began.
 */
const recentEvents = new RecentEvents();

/** One delivery of WhatsCloud: answered at once, and an execution only for what is wanted, allowed and new. */
export async function runWebhook(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const raw = await readBody(context);
	if (raw === 'too large') return refuse(context, 413, 'The body is larger than 5 MB');
	if (raw === 'unreadable') return refuse(context, 400, 'The body could not be read');
	const { acceptUnsigned } = optionsOf(context);
	const signature = await checkSignature(context, raw);
	if (signature === 'wrong') return distrust(context, 'The signature is wrong');
	if (signature === 'missing' && acceptUnsigned !== true) return distrust(context, UNSIGNED);
	const headers = context.getHeaderData();
	const delivered = readDelivery({ raw, headers, receivedAt: new Date() });
	if (typeof delivered === 'string') return refuse(context, 400, delivered);
	// Older servers forward Meta's own body unsigned; everything else is signed wherever there is a secret.
	if (signature === 'missing' && !delivered.isMeta) return distrust(context, UNSIGNED);
	return answer(context, delivered);
}

const UNSIGNED = 'The signature is missing';

function answer(context: IWebhookFunctions, { events }: Delivered): IWebhookResponseData {
	const wanted = events.filter(({ item }) => isChosen(context, item));
	if (wanted.length === 0) return done('This event is not one that starts the workflow');
	const fresh = context.getMode() === 'manual' ? wanted : claimed(context, wanted);
	if (fresh === undefined) return refuse(context, 503, 'This is still being taken');
	if (fresh.length === 0) return done('This was delivered before');
	const isSimple = context.getNodeParameter('simplify', true) === true;
	const items = fresh.map(({ item, payload }) => (isSimple ? item : { ...item, payload }));
	return {
		workflowData: [items.map((json) => ({ json: json as IDataObject }))],
		webhookResponse: { message: 'The workflow was started' },
	};
}

function isChosen(context: IWebhookFunctions, { event, type }: WebhookItem): boolean {
	const events = context.getNodeParameter('events', []) as string[];
	const { messageTypes } = optionsOf(context);
	const types = event === 'messageReceived' ? listOf(messageTypes) : [];
	return events.includes(event) && (types.length === 0 || types.includes(type));
}

/** The events that did not come before; undefined while one of them is being taken, whose execution may fail to start. */
function claimed(
	context: IWebhookFunctions,
	events: DeliveredEvent[],
): DeliveredEvent[] | undefined {
	const now = Date.now();
	// Files of workflows made by hand may have one node id twice.
	const { id, name } = context.getNode();
	const node = JSON.stringify([context.getWorkflow().id, id, name]);
	const states = events.map(({ key }) =>
		key === null ? 'new' : recentEvents.stateOf(node + key, now),
	);
	if (states.includes('pending')) return undefined;
	const fresh = events.filter((_, index) => states[index] === 'new');
	const keys = fresh.flatMap(({ key }) => (key === null ? [] : [node + key]));
	recentEvents.claim(keys, context.getResponseObject(), now);
	return fresh;
}

function optionsOf(context: IWebhookFunctions): IDataObject {
	return context.getNodeParameter('options', {}) as IDataObject;
}

function done(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

function refuse(context: IWebhookFunctions, status: number, error: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ error });
	return { noWebhookResponse: true };
}

/** Logged, since it may be somebody else who sends; or a wrong secret, which n8n's people must learn of. */
function distrust(context: IWebhookFunctions, flaw: string): IWebhookResponseData {
	context.logger.warn(`A webhook delivery was refused: ${flaw}`);
	return refuse(context, 401, flaw);
}

async function readBody(context: IWebhookFunctions): Promise<Buffer | 'too large' | 'unreadable'> {
	const request = context.getRequestObject();
	if (Number(request.headers['content-length']) > MAX_BYTES) return 'too large';
	try {
		// n8n has read it already where it knows the type of the content.
		await request.readRawBody();
	} catch (error) {
		return isObject(error) && error.type === 'entity.too.large' ? 'too large' : 'unreadable';
	}
	const { rawBody } = request;
	return rawBody.length > MAX_BYTES ? 'too large' : rawBody;
}

/**
 * Without a secret in the credential, every signature and none is right.
 * @throws when the credential can't be read: nobody knows then whether a signature is asked for
 */
async function checkSignature(
	context: IWebhookFunctions,
	raw: Buffer,
): Promise<'right' | 'wrong' | 'missing'> {
	const secret = await readSecret(context);
	if (secret === undefined) return 'right';
	const signature = context.getHeaderData()['x-webhook-signature'];
	if (signature === undefined) return 'missing';
	return isSignedWith(secret, raw, signature) ? 'right' : 'wrong';
}

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
