import type { Route } from '../call.mts';
import { sendMedia } from '../messages/mediaMessage.mts';
import { keepingRefusals } from '../messages/refused.mts';
import { sendTemplate } from '../messages/template.mts';
import { sendText } from '../messages/text.mts';

const ability = 'messages.send';

export const messageRoutes: Route[] = [
	{ method: 'POST', path: '/messages/send', ability, handle: keepingRefusals(sendText) },
	{ method: 'POST', path: '/messages/media', ability, handle: keepingRefusals(sendMedia) },
	{ method: 'POST', path: '/messages/template', ability, handle: keepingRefusals(sendTemplate) },
];
