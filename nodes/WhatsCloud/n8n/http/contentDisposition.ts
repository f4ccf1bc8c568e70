/** `filename*=UTF-8''Quarter%203.pdf`, which counts before the plain name beside it (RFC 6266). */
const EXTENDED = /;\s*filename\*\s*=\s*"?([\w-]+)'[^']*'([^;"\s]+)/i;
/** `filename="Quarter 3.pdf"`, with or without quotes. */
const PLAIN = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i;

/** The file's name in a Content-Disposition header; undefined without one. */
export function fileNameIn(header: unknown): string | undefined {
	if (typeof header !== 'string') return undefined;
	// Some servers leave out the disposition and begin with the name.
	const parameters = `;${header}`;
	const [, charset = '', encoded] = EXTENDED.exec(parameters) ?? [];
	const extended = encoded === undefined ? undefined : decoded(encoded, charset);
	const [, quoted, bare] = PLAIN.exec(parameters) ?? [];
	const plain = quoted?.replace(/\\(.)/g, '$1') ?? bare?.trim();
	return extended ?? (plain ? asMeant(plain) : undefined);
}

function decoded(encoded: string, charset: string): string | undefined {
	try {
		// ISO-8859-1 is the only other character set that the standard knows.
		if (!/^iso-8859-1$/i.test(charset)) return decodeURIComponent(encoded);
		return encoded.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
			String.fromCharCode(parseInt(hex, 16)),
		);
	} catch {
		return undefined;
	}
}

/** Servers write UTF-8 as it is, which HTTP reads as Latin-1, or escape it as in an address. */
function asMeant(name: string): string {
	try {
		if (/%[\da-f]{2}/i.test(name)) return decodeURIComponent(name);
		const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0));
		const isLatin1 = [...name].every((character) => character.charCodeAt(0) < 256);
		return isLatin1 ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : name;
	} catch {
		return name;
	}
}
