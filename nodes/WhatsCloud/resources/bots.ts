import type { Picked } from '../fields/picker';
import { messageBotId, templateBotId } from '../fields/pickers';
import type { Field, Resource } from '../node/operation';
import type { RecordKind } from './records';
import { getMany, getOne } from './records';

/** Bots are made in WhatsCloud's dashboard; the API only shows them. */
function bot(
	kind: RecordKind & { value: string; name: string },
	idName: string,
	id: Field<Picked>,
): Resource {
	return {
		value: kind.value,
		name: kind.name,
		default: 'getAll',
		operations: [getOne(kind, idName, id), getMany(kind)],
	};
}

export const messageBot = bot(
	{
		value: 'messageBot',
		name: 'Message Bot',
		path: 'messagebots',
		noun: 'message bot',
		article: 'a',
		plural: 'message bots',
	},
	'messageBotId',
	messageBotId,
);

export const templateBot = bot(
	{
		value: 'templateBot',
		name: 'Template Bot',
		path: 'templatebots',
		noun: 'template bot',
		article: 'a',
		plural: 'template bots',
	},
	'templateBotId',
	templateBotId,
);
