import { clipped } from '../../checks/text';

/** The title of a page, or the first words of a text without a title, without tags. */
export function excerpt(text: string): string {
	// Enough to find the title behind the head of a page.
	const head = text.slice(0, 20_000);
	const title = /<title[^<>]*>([^<]+)/i.exec(head)?.[1] ?? head;
	const words = title.replace(/<[^<>]*>/g, ' ').replace(/\s+/g, ' ');
	return clipped(words.trim());
}

export function isHtml(text: string): boolean {
	return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** Servers that lack a translation give its key, such as `validation_failed` (quirk 33). */
export function isRawKey(text: string | undefined): boolean {
	return /^[a-z]+(?:_[a-z]+)+$/.test(text ?? '');
}

/** A text of the server, with blanks in place of a key's underscores. */
export function readable(text: string): string {
	return clipped(isRawKey(text) ? text.replaceAll('_', ' ') : text, 500);
}

/** What the server says, to follow a title: `: Invalid API token`. */
export function after(words: string | string[] = ''): string {
	const said = [words].flat().join(', ');
	return said && `: ${readable(said)}`;
}

/** With its full stop, for another sentence to follow. */
export function sentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** `45 seconds`, `10 minutes`, `24 hours`; rounded up. */
export function duration(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`;
	if (seconds < 7_200) return `${Math.ceil(seconds / 60)} minutes`;
	return `${Math.ceil(seconds / 3_600)} hours`;
}

/**
 * An error code of Node or axios, to follow a description. Not a title: n8n replaces one that contains a code it
 * knows by a text of its own.
 */
export function codeSentence(code: string | undefined): string {
	return code ? ` The error code is ${code}.` : '';
}

export function withoutCode(description: string): string {
	return description.replace(/ The error code is [A-Z0-9_]+\./, '');
}

/** What a field of the API is called in the editor, so that an error names what the user sees. */
const LABELS: Record<string, string> = {
	firstname: 'First Name',
	lastname: 'Last Name',
	group_id: 'Group Names or IDs',
	groups: 'Group Names',
	custom_fields_data: 'Custom Fields',
	zip: 'ZIP Code',
	assigned_id: 'Assigned User ID',
	is_enabled: 'Enabled',
	isdefault: 'Default Status',
	message_body: 'Text',
	media_url: 'Media URL',
	media_file: 'Input Binary Field',
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

/** What a request is about: `contact` for contacts/41, `template bot` for templatebots. */
export function nounOf(path: string): string {
	const [list = ''] = path.split('/');
	return list.replace(/bots$/, ' bots').replace(/(?<=us)es$|s$/, '');
}

const LOOK_IN_MANAGER = 'Look into WhatsApp Manager at Meta.';
const WRONG_VALUES =
	'A value for the template has the wrong form: compare it with the example of the template.';

/** What to do about the failures that users meet most, by Meta's code. */
export const FAILURE_ADVICE: Partial<Record<number, string>> = {
	190: "WhatsCloud's access to your WhatsApp account has ended: connect your WhatsApp number anew in WhatsCloud.",
	368: `Meta has blocked your WhatsApp account for a while for breaking its rules. ${LOOK_IN_MANAGER}`,
	130429: 'Your WhatsApp number sends too much at once; wait a moment.',
	130472: 'WhatsApp holds back marketing messages to this person at present.',
	130497: 'Your WhatsApp account may not write to people in this country.',
	131026:
		'The number has no WhatsApp, its owner has blocked your number, or has not accepted the newest terms of WhatsApp.',
	131030: 'A test number of WhatsApp sends only to the numbers on its list of allowed recipients.',
	131031: `Meta has locked your WhatsApp account. ${LOOK_IN_MANAGER}`,
	131042: 'Meta could not charge your WhatsApp account: check its payment method at Meta.',
	131047:
		'The contact wrote to you more than 24 hours ago: WhatsApp then takes only templates. Use the operation "Send Template".',
	131048: `Too many people have blocked your number or reported it as spam, so that WhatsApp accepts fewer messages from it. ${LOOK_IN_MANAGER}`,
	131049: 'The person got too many marketing messages lately; try again after a day or more.',
	131050:
		'The person does not want marketing messages from you. Other messages still arrive; only the person can change this.',
	131052: 'WhatsApp could not download the file: its address must work for everybody.',
	131053: 'WhatsApp could not use the file: check its type and size, or send another one.',
	131056: 'Too many messages to this number in a short time; wait a moment.',
	131062:
		'WhatsApp sends this kind of message, such as a one-time code, only to a phone number: the person must give you theirs.',
	132000: 'The number of values does not match the variables of the template.',
	132001: 'The template does not exist in this language, or is not approved.',
	132007:
		'The template breaks a rule of WhatsApp: change it in WhatsCloud and have it approved again.',
	132012: WRONG_VALUES,
	132015: 'WhatsApp has paused the template because people complained about it.',
	132016: 'WhatsApp has disabled the template for good because people complained about it.',
	132018: WRONG_VALUES,
	133010: 'Your number is not registered with WhatsApp: connect it anew in WhatsCloud.',
};
