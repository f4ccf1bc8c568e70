/** Whether a value from outside is an object with keys, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object from outside; what is none has no keys. */
export function objectOf(value: unknown): Record<string, unknown> {
	return isObject(value) ? value : {};
}

/** A list from outside; what is none has no entries. */
export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

/** Text from outside: a number counts, too, nothing else and no empty text. */
export function textOf(value: unknown): string | null {
	return typeof value === 'number' || typeof value === 'string' ? String(value) || null : null;
}

/** The value of JSON text, which some fields of the API hold; undefined for anything else (quirk 30). */
export function fromJsonText(text: unknown): unknown {
	if (typeof text !== 'string') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Like `fromJsonText`, also for what models write: JSON in a code fence, with words around it. */
export function fromModelText(text: string): unknown {
	const fenced = /```[^\n`]*\n([^]*?)```|```(?:json)?([^]*?)```/i.exec(text);
	return fromJsonText(text) ?? fromJsonText(fenced?.[1] ?? fenced?.[2]);
}
