import type { Resource } from '../node/operation';
import { contact } from './contact';
import { message } from './message';

/** What the node works with: the table of contents. */
export const resources: Resource[] = [contact, message];
