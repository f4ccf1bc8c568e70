import type { Store } from './store.mts';

/** Ids for names separated by commas; groups that do not exist are made. */
export function groupIds(data: Store, names: string): number[] {
	return names
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '')
		.map((name) => {
			const group = data.groups.find((existing) => existing.name === name);
			return (group ?? data.insertLabel('groups', name)).id;
		});
}
