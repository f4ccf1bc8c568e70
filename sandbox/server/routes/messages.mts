import type { Route } from '../call.mts';
import { sendMedia } from '../messages/mediaMessage.mts';
import { sendTemplate } from '../messages/template.mts';
import { sendText } from '../messages/text.mts';

const ability = 'messages.send';

export const messageRoutes: Route[] = [
	{ method: 'POST', path: '/messages/send', ability, handle: sendText },
	{ method: 'POST', path: '/messages/media', ability, handle: sendMedia },
	{ method: 'POST', path: '/messages/template', ability, handle: sendTemplate },
];
