import { templateBotId } from '../fields/pickers';
import type { RecordKind } from './records';
import { shownOnly } from './records';

const kind: RecordKind = {
	path: 'templatebots',
	noun: 'template bot',
	article: 'a',
	plural: 'template bots',
};

export const templateBot = shownOnly('templateBot', 'Template Bot', kind, {
	idName: 'templateBotId',
	id: templateBotId,
});
