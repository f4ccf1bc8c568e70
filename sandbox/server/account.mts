import { EventEmitter } from 'node:events';
import type { Behaviour } from './behaviour.mts';
import type { Faults } from './faults.mts';
import type { RateLimiter } from './rateLimit.mts';
import type { SentMessage } from './records.mts';
import type { BoundedLog, RequestRecord } from './requestLog.mts';
import type { Store } from './store.mts';
import type { StoredFiles } from './storedFiles.mts';

/** The one WhatsCloud account this sandbox plays. */
export interface Account {
	subdomain: string;
	token: string;
	/** `http://127.0.0.1:PORT` */
	url: string;
	behaviour: Behaviour;
	data: Store;
	messages: BoundedLog<SentMessage>;
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
