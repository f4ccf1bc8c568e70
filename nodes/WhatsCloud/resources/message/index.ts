import type { Resource } from '../../operation';
import { sendAndWait } from './sendAndWait';
import { sendMedia } from './sendMedia';
import { sendTemplate } from './sendTemplate';
import { sendText } from './sendText';

export const message: Resource = {
	value: 'message',
	name: 'Message',
	default: 'sendText',
	operations: [sendAndWait, sendMedia, sendTemplate, sendText],
};
