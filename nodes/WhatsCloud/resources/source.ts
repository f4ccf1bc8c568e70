import { sourceId } from '../fields/pickers';
import { namedOnly } from './namedRecord';

export const source = namedOnly('source', 'Source', {
	path: 'sources',
	noun: 'source',
	article: 'a',
	plural: 'sources',
	idName: 'sourceId',
	id: sourceId,
});
