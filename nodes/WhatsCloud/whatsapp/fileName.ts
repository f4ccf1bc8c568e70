/** A path of a computer, unlike the slash in *Rechnung 11/2024.pdf*. */
const PATH = /^(?:[a-z]:|\.{1,2}|~)?[/\\]/i;

/** The name as it can arrive: WhatsApp shows only what follows a slash, and half an emoji is no text. */
export function plainName(fileName: string): string {
	const name = fileName.replace(/[\p{Cc}\p{Surrogate}]/gu, '').trim();
	return PATH.test(name) ? name.replace(/^.*[/\\]/, '') : name.replace(/[/\\]/g, '-');
}

/** What follows the last dot is the extension. */
export function nameParts(fileName = ''): { name: string; base: string; extension: string } {
	const name = plainName(fileName);
	const dot = name.lastIndexOf('.');
	return dot === -1
		? { name, base: name, extension: '' }
		: { name, base: name.slice(0, dot), extension: name.slice(dot + 1) };
}
