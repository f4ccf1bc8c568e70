import { messageBotId } from '../fields/pickers';
import type { RecordKind } from './records';
import { shownOnly } from './records';

const kind: RecordKind = {
	path: 'messagebots',
	noun: 'message bot',
	article: 'a',
	plural: 'message bots',
};

export const messageBot = shownOnly('messageBot', 'Message Bot', kind, {
	idName: 'messageBotId',
	id: messageBotId,
});
