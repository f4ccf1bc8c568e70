import type { Store } from './store.mts';

/** As the column compares: case and accents do not count. */
const collator = new Intl.Collator('en', { sensitivity: 'base' });

/** Ids for names separated by commas; groups that do not exist are made. */
export function groupIds(data: Store, names: string): number[] {
	return names
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '')
		.map((name) => {
			const group = data.groups.find((existing) => collator.compare(existing.name, name) === 0);
			return (group ?? data.insertLabel('groups', name)).id;
		});
}
