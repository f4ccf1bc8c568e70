import type { Resource } from '../operation';
import { messageBot, templateBot } from './bots';
import { contact } from './contact';
import { message } from './message';
import { group, source, status } from './namedRecords';
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
