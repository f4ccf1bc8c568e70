import { EventEmitter } from 'node:events';
import type { Behaviour } from './behaviour.mts';
import type { Faults } from './faults.mts';
import type { Generation } from './generations.mts';
import type { RateLimiter } from './rateLimit.mts';
import type { ReceivedMessage, RefusedSend, SentMessage } from './records.mts';
import type { BoundedLog, RequestRecord } from './requestLog.mts';
import type { Store } from './store.mts';
import type { StoredFiles } from './storedFiles.mts';
import type { Delivery } from './webhooks/deliver.mts';
import type { WebhookSettings } from './webhooks/settings.mts';

/** The one WhatsCloud account this sandbox plays. */
export interface Account {
	subdomain: string;
	token: string;
	/** `http://127.0.0.1:PORT` */
	url: string;
	/** The generation whose switches `behaviour` began with. */
	server: Generation;
	behaviour: Behaviour;
	data: Store;
	messages: BoundedLog<SentMessage>;
	refused: BoundedLog<RefusedSend>;
	received: BoundedLog<ReceivedMessage>;
	/** When each number last wrote to the business: free text reaches it for 24 hours. */
	lastWroteAt: Map<string, Date>;
	webhookSettings: WebhookSettings;
	/** What a reset goes back to. */
	webhooksAtStart: WebhookSettings;
	deliveries: BoundedLog<Delivery>;
	nextDeliveryNumber: number;
	/** Ends what goes on after an answer: deliveries, and messages on their way. */
	cutShort: AbortController;
	requests: BoundedLog<RequestRecord>;
	faults: Faults;
	rateLimiter: RateLimiter;
	storedFiles: StoredFiles;
	/** Conversations by contact: the chat's id. */
	chats: Map<number, number>;
	lastChatMessageId: number;
	nextRequestNumber: number;
	random: () => number;
	now: () => Date;
	/** Emits `change` after anything a viewer may want to see. */
	changes: EventEmitter;
}
