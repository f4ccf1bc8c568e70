/** In characters as PHP and the database count them: code points, not UTF-16 units. */
export function textLength(text: string): number {
	return Array.from(text).length;
}
