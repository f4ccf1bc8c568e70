import { randomBytes, randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Account } from './account.mts';
import { addApi, apiPath } from './api.mts';
import { behaviourFrom, type Behaviour } from './behaviour.mts';
import { addControl } from './control.mts';
import { Faults, type Fault } from './faults.mts';
import { defaultGeneration, type Generation } from './generations.mts';
import { createHttpServer } from './http.mts';
import { addPage } from './page/page.mts';
import { seededRandom } from './random.mts';
import { RateLimiter, type RateLimit } from './rateLimit.mts';
import type { ReceivedMessage, SentMessage } from './records.mts';
import { BoundedLog, type RequestRecord } from './requestLog.mts';
import { fillWithSeed, type Seed } from './seed.mts';
import { Store } from './store.mts';
import { StoredFiles } from './storedFiles.mts';
import type { Delivery } from './webhooks/deliver.mts';
import { addWebhookControl } from './webhooks/control.mts';
import { webhookSettingsSchema, type WebhookSettings } from './webhooks/settings.mts';

export type { Behaviour } from './behaviour.mts';
export { generations, type Generation } from './generations.mts';
export type { Fault } from './faults.mts';
export type { RateLimit } from './rateLimit.mts';
export type * from './records.mts';
export type { RequestRecord } from './requestLog.mts';
export type { Seed } from './seed.mts';
export type { InsertOptions, Store } from './store.mts';
export type { Delivery } from './webhooks/deliver.mts';
export type { WebhookSettings } from './webhooks/settings.mts';

export interface SandboxOptions {
	/** 0, the default, takes a free one. */
	port?: number;
	subdomain?: string;
	/** 64 hex characters; made at start unless given. */
	token?: string;
	/** Which generation of the server is played; D, the newest, differs most from what was once expected. */
	server?: Generation;
	/** Switches that differ from the generation. */
	behaviour?: Partial<Behaviour>;
	/** Off unless given. */
	rateLimit?: RateLimit;
	seed?: Seed;
	/** For everything left to chance: gaps between ids, the order within a second, faults by probability. */
	randomSeed?: number;
	now?: () => Date;
	/** None unless given; the secret is made at start. */
	webhooks?: Partial<WebhookSettings>;
	/** How many requests and messages the logs keep. */
	logSize?: number;
}

export interface Sandbox {
	readonly url: string;
	readonly baseUrl: string;
	readonly subdomain: string;
	readonly token: string;
	/** The switches, to be changed while running. */
	readonly behaviour: Behaviour;
	readonly data: Store;
	readonly requests: readonly RequestRecord[];
	readonly messages: readonly SentMessage[];
	readonly received: readonly ReceivedMessage[];
	readonly deliveries: readonly Delivery[];
	/** Where webhooks go. A reset goes back to what was set here, whatever people entered on the page. */
	webhooks: WebhookSettings;
	readonly faults: { add: (fault: Fault) => void; clear: () => void };
	rateLimit: RateLimit | undefined;
	/** Back to the state after the start: data, switches, rate limit; logs and faults emptied. */
	reset: () => void;
	/** Also cuts open connections. */
	close: () => Promise<void>;
}

const firstChatMessageId = 500;
const defaultLogSize = 10_000;
const mostIdsOfOthers = 100_000;

/** How many ids other tenants use up in between: mostly few, sometimes thousands. */
const idsOfOthers = (random: () => number) =>
	Math.min(Math.floor(1 / random()) - 1, mostIdsOfOthers);

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {
		port = 0,
		subdomain = 'demo',
		token = randomBytes(32).toString('hex'),
		server = defaultGeneration,
		seed = 'demo',
		randomSeed = randomInt(2 ** 32),
		now = () => new Date(),
		logSize = defaultLogSize,
	} = options;
	const random = seededRandom(randomSeed);
	const webhooksAtStart = webhookSettingsSchema.parse({
		...{
			recordsUrl: null,
			messagesUrl: null,
			recordsOn: true,
			secret: randomBytes(32).toString('hex'),
		},
		...options.webhooks,
	});
	const account: Account = {
		...{ subdomain, token, random, now, server },
		url: '',
		behaviour: behaviourFrom(server, options.behaviour),
		data: new Store(now, () => idsOfOthers(random)),
		messages: new BoundedLog(logSize),
		refused: new BoundedLog(logSize),
		received: new BoundedLog(logSize),
		lastWroteAt: new Map(),
		webhooksAtStart,
		webhookSettings: { ...webhooksAtStart },
		deliveries: new BoundedLog(logSize),
		nextDeliveryNumber: 1,
		cutShort: new AbortController(),
		requests: new BoundedLog(logSize),
		faults: new Faults(random),
		rateLimiter: new RateLimiter(options.rateLimit, now),
		storedFiles: new StoredFiles(),
		chats: new Map(),
		lastChatMessageId: firstChatMessageId,
		nextRequestNumber: 1,
		changes: new EventEmitter().setMaxListeners(0),
	};
	fillWithSeed(account.data, seed);

	const reset = () => {
		account.cutShort.abort();
		account.cutShort = new AbortController();
		account.data.clear();
		fillWithSeed(account.data, seed);
		account.server = server;
		Object.assign(account.behaviour, behaviourFrom(server, options.behaviour));
		account.webhookSettings = { ...account.webhooksAtStart };
		account.messages.clear();
		account.refused.clear();
		account.received.clear();
		account.lastWroteAt.clear();
		account.deliveries.clear();
		account.requests.clear();
		account.faults.clear();
		account.rateLimiter.limit = options.rateLimit;
		account.rateLimiter.restart();
		account.storedFiles.clear();
		account.chats.clear();
		account.lastChatMessageId = firstChatMessageId;
		account.changes.emit('change');
	};

	const app = await createHttpServer();
	addControl(app, account, reset);
	addWebhookControl(app, account);
	addPage(app, account);
	addApi(app, account);
	await app.listen({ host: '127.0.0.1', port });
	account.url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

	return {
		...{ subdomain, token, reset },
		url: account.url,
		baseUrl: `${account.url}${apiPath}/`,
		behaviour: account.behaviour,
		data: account.data,
		requests: account.requests.entries,
		messages: account.messages.entries,
		received: account.received.entries,
		deliveries: account.deliveries.entries,
		get webhooks() {
			return account.webhookSettings;
		},
		set webhooks(settings) {
			account.webhooksAtStart = webhookSettingsSchema.parse(settings);
			account.webhookSettings = { ...account.webhooksAtStart };
			account.changes.emit('change');
		},
		faults: {
			add(fault) {
				account.faults.add(fault);
			},
			clear() {
				account.faults.clear();
			},
		},
		get rateLimit() {
			return account.rateLimiter.limit;
		},
		set rateLimit(limit) {
			account.rateLimiter.limit = limit;
			account.rateLimiter.restart();
		},
		close: async () => {
			account.cutShort.abort();
			await app.close();
		},
	};
}
