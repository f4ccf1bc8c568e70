/**
 * Ids in every form in which lists of them are stored and typed: `[1, "3"]`, `3`, `"3"`, `"1,3"`, `"[1,3]"`
 * (quirk 11). Empty for nothing; undefined for what can't be read.
 */
export function idsIn(value: unknown): number[] | undefined {
	if (value === null || value === undefined) return [];
	const parts = Array.isArray(value) ? (value as unknown[]) : partsOf(value);
	const ids = parts?.map((part) => {
		const text = typeof part === 'number' || typeof part === 'string' ? String(part).trim() : '';
		return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
	});
	return ids?.every((id) => id !== undefined) ? [...new Set(ids)] : undefined;
}

function partsOf(value: unknown): string[] | undefined {
	if (typeof value === 'number') return [String(value)];
	if (typeof value !== 'string') return undefined;
	const list = value.trim().replace(/^\[(.*)\]$/s, '$1');
	if (list.trim() === '') return [];
	return list.split(',').map((part) => part.trim().replace(/^"(.*)"$/s, '$1'));
}
