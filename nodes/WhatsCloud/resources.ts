import type { Resource } from './operation';
import { contact } from './contact/operations';
import { message } from './message/operations';
import { group, messageBot, source, status, templateBot } from './named';
import { template } from './template/operations';

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
