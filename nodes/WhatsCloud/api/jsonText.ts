/** The value of JSON text, which some fields of the API hold; undefined for anything else (quirk 30). */
export function fromJsonText(text: unknown): unknown {
	if (typeof text !== 'string') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
