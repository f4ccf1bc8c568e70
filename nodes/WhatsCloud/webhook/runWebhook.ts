import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Delivered } from './delivery';
import { isSignedWith, readDelivery } from './delivery';
import { SeenEvents } from './seenEvents';
import { isObject } from '../checks/json';
import { CREDENTIAL } from '../api/transport';

const MAX_BYTES = 5 * 1024 * 1024;

/** By workflow and node, for as long as this process lives; n8n's static data carries it over a restart. */
const seenByNode = new Map<string, SeenEvents>();

/** One delivery of WhatsCloud: answered at once, and an execution only for what is wanted, allowed and new. */
export async function runWebhook(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const raw = await readBody(context);
	if (raw === 'too large') return refuse(context, 413, 'The body is larger than 5 MB');
	if (raw === 'unreadable') return refuse(context, 400, 'The body could not be read');
	const flaw = await signatureFlaw(context, raw);
	if (flaw !== undefined) {
		context.logger.warn(`A webhook delivery was refused: ${flaw}`);
		return refuse(context, 401, flaw);
	}
	const headers = context.getHeaderData();
	const delivered = readDelivery({ raw, headers, receivedAt: new Date() });
	if (!delivered) return refuse(context, 400, 'The body is not a JSON object');
	return answer(context, delivered);
}

function answer(context: IWebhookFunctions, { events, payload }: Delivered): IWebhookResponseData {
	const chosen = context.getNodeParameter('events', []) as string[];
	const wanted = events.filter(({ json }) => chosen.includes(json.event));
	if (wanted.length === 0) return done('This event is not one that starts the workflow');
	// A test is one delivery, which may be one that was tested before.
	const memory = context.getMode() === 'manual' ? undefined : openMemory(context);
	const fresh = memory ? wanted.filter(({ key }) => memory.seen.claim(key)) : wanted;
	if (fresh.length === 0) return done('This was delivered before');
	const keys = fresh.map(({ key }) => key);
	const more = context.getNodeParameter('simplify', true) === true ? {} : { payload };
	memory?.releaseOnFailure(keys);
	return {
		workflowData: [fresh.map(({ json }) => ({ json: { ...json, ...more } as IDataObject }))],
		// n8n asks for the answer when the execution exists, and saves the static data right before it sends
		// it. An event that is written down earlier is lost if the execution can't be started, and n8n forgets
		// static data that was changed before that.
		get webhookResponse() {
			memory?.take(keys);
			return { message: 'The workflow was started' };
		},
	};
}

function done(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

function refuse(context: IWebhookFunctions, status: number, error: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ error });
	return { noWebhookResponse: true };
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
 * What is wrong with the signature, in words. Without a secret in the credential nothing is.
 * @throws when the credential can't be read: nobody knows then whether a signature is asked for
 */
async function signatureFlaw(context: IWebhookFunctions, raw: Buffer): Promise<string | undefined> {
	const secret = await readSecret(context);
	if (secret === undefined) return undefined;
	const signature = context.getHeaderData()['x-webhook-signature'];
	if (signature === undefined) {
		const { acceptUnsigned } = context.getNodeParameter('options', {}) as IDataObject;
		return acceptUnsigned === true ? undefined : 'The signature is missing';
	}
	return isSignedWith(secret, raw, signature) ? undefined : 'The signature is wrong';
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

interface Memory {
	seen: SeenEvents;
	/** The events have started an execution. */
	take(keys: string[]): void;
	/** WhatsCloud delivers again what n8n answers with an error: then the events are new again. */
	releaseOnFailure(keys: string[]): void;
}

function openMemory(context: IWebhookFunctions): Memory {
	const key = `${context.getWorkflow().id ?? ''}:${context.getNode().id}`;
	const seen = seenByNode.get(key) ?? new SeenEvents();
	seenByNode.set(key, seen);
	const stored = context.getWorkflowStaticData('node');
	seen.recall(stored.seen);
	return {
		seen,
		take: (keys) => {
			for (const taken of keys) seen.take(taken);
			stored.seen = seen.newest();
		},
		releaseOnFailure: (keys) => {
			const response = context.getResponseObject();
			response.once('close', () => {
				if (response.statusCode >= 400) for (const claimed of keys) seen.release(claimed);
			});
		},
	};
}
