import { clipped } from '../../checks/text';

const EXCERPT_LENGTH = 120;
const SENTENCE_LENGTH = 500;
/** Enough to find the first words behind the head of a page. */
const SEARCHED_LENGTH = 20_000;

/** The first words of a page or text, without tags. */
export function excerpt(text: string): string {
	let isCode = false;
	const words = text
		.slice(0, SEARCHED_LENGTH)
		.replace(/<(\/?)(script|style)?[^<>]*>|[^<]+/gi, (part, slash, code) => {
			if (code) isCode = slash === '';
			return isCode || part.startsWith('<') ? ' ' : part;
		})
		.replace(/\s+/g, ' ')
		.trim();
	return clipped(words, EXCERPT_LENGTH);
}

export function isHtml(text: string): boolean {
	return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** Untranslated keys such as `whatsapp_not_connected` reach the client as they are (quirk 33). */
export function readable(text: string): string {
	const words = /^[a-z]+(_[a-z]+)+$/.test(text) ? text.replaceAll('_', ' ') : text;
	return clipped(words, SENTENCE_LENGTH);
}

/** With its full stop, for another sentence to follow. */
export function sentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** `45 seconds`, `10 minutes`, `24 hours`; rounded up. */
export function duration(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	if (seconds === 1) return '1 second';
	if (seconds < 120) return `${seconds} seconds`;
	const minutes = Math.ceil(seconds / 60);
	return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

/**
 * An error code of Node to follow a title: ` (CONNRESET)`. Without its E, because n8n replaces messages that
 * contain a code it knows by texts of its own. Codes such as ERR_INVALID_URL it does not know.
 */
export function inBrackets(code: string): string {
	return code ? ` (${code.replace(/^E(?!RR_)(?=[A-Z])/, '')})` : '';
}

/** What a field of the API is called in the editor, so that an error names what the user sees. */
const LABELS: Record<string, string> = {
	firstname: 'First Name',
	lastname: 'Last Name',
	group_id: 'Groups',
	groups: 'Group Names',
	custom_fields_data: 'Custom Fields',
	zip: 'ZIP Code',
	assigned_id: 'Assigned User ID',
	is_enabled: 'Enabled',
	isdefault: 'Default Status',
	message_body: 'Text',
	media_url: 'Media URL',
	media_file: 'File',
	header_media: 'File in the header',
	filename: 'File Name',
	template_name: 'Template',
	from_phone_number_id: 'Sender Phone Number ID',
};

/** `contact.first_name` -> `Contact If New > First Name`, `status_id` -> `Status`. */
export function fieldLabel(apiField: string): string {
	const [parent, child] = apiField.split('.');
	if (parent === 'contact' && child) return `Contact If New > ${fieldLabel(child)}`;
	const words = apiField.replace(/_id$/, '').replaceAll('_', ' ');
	return LABELS[apiField] ?? words.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
