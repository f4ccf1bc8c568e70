import { groupId } from '../fields/pickers';
import { namedOnly } from './namedRecord';

export const group = namedOnly('group', 'Group', {
	path: 'groups',
	noun: 'group',
	article: 'a',
	plural: 'groups',
	idName: 'groupId',
	id: groupId,
});
