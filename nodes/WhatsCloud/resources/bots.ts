import { messageBotId, templateBotId } from '../fields/pickers';
import type { Resource } from '../operation';
import type { RecordKind } from './records';
import { getMany, getOne } from './records';

/** Bots are made in WhatsCloud's dashboard; the API only shows them. */
function bot(kind: RecordKind): Resource {
	const { value, name } = kind;
	return { value, name, default: 'getAll', operations: [getOne(kind), getMany(kind)] };
}

export const messageBot = bot({
	value: 'messageBot',
	name: 'Message Bot',
	plural: 'message bots',
	path: 'messagebots',
	id: messageBotId,
});

export const templateBot = bot({
	value: 'templateBot',
	name: 'Template Bot',
	plural: 'template bots',
	path: 'templatebots',
	id: templateBotId,
});
