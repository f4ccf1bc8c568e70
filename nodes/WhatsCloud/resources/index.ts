import type { Resource } from '../operation';
import { contact } from './contact';
import { group } from './group';
import { message } from './message';
import { messageBot } from './messageBot';
import { source } from './source';
import { status } from './status';
import { template } from './template';
import { templateBot } from './templateBot';

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
