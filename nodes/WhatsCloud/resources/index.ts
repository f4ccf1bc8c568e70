import type { Resource } from '../node/operation';
import { messageBot, templateBot } from './bots';
import { contact } from './contact';
import { group, source, status } from './labels';
import { message } from './message';
import { template } from './template';

/** What the node works with: the table of contents. */
export const resources: Resource[] = [
	contact,
	group,
	message,
	messageBot,
	source,
	status,
	template,
	templateBot,
];
