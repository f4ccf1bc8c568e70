/** `2026-01-15T09:30:00.000000Z`: the storage keeps whole seconds. */
export function isoSeconds(time: Date): string {
	return `${time.toISOString().slice(0, 19)}.000000Z`;
}

/** `2026-01-15 09:30:00`, without an offset. */
export function plainSeconds(time: Date): string {
	return time.toISOString().slice(0, 19).replace('T', ' ');
}

export function plainFromIso(iso: string): string {
	return iso.slice(0, 19).replace('T', ' ');
}
