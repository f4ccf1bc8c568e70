const EXCERPT_LENGTH = 120;

/** The first words of a page or text, without tags. */
export function excerpt(text: string): string {
	const plain = text
		.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return plain.length > EXCERPT_LENGTH ? `${plain.slice(0, EXCERPT_LENGTH)}…` : plain;
}

export function isHtml(text: string): boolean {
	return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** Untranslated keys such as `whatsapp_not_connected` reach the client as they are (quirk 33). */
export function readable(text: string): string {
	return /^[a-z]+(_[a-z]+)+$/.test(text) ? text.replaceAll('_', ' ') : text;
}
