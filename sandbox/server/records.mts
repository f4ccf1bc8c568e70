/** What the sandbox stores, under the names the API gives it. */

export interface Row {
	id: number;
	tenant_id: number;
	/** UTC, whole seconds, as the API writes it; null is reported as "now". */
	created_at: string | null;
	updated_at: string | null;
}

export interface Contact extends Row {
	firstname: string;
	lastname: string;
	company: string | null;
	type: string;
	description: string | null;
	country_id: number | null;
	zip: string | null;
	city: string | null;
	state: string | null;
	address: string | null;
	assigned_id: number | null;
	status_id: number;
	source_id: number;
	email: string | null;
	website: string | null;
	phone: string | null;
	is_enabled: boolean;
	addedfrom: number | null;
	dateassigned: string | null;
	last_status_change: string | null;
	/** Not validated by the server: usually an array of ids, as numbers or as text. */
	group_id: unknown;
	/** Only shown by servers that know them; never validated. */
	custom_fields_data: unknown;
	/** Null where the account is younger than the column. */
	is_opted_out: boolean | null;
	opted_out_date: string | null;
	facebook_psid: string | null;
}

export interface Label extends Row {
	name: string;
}

export interface Status extends Label {
	color: string | null;
	isdefault: boolean;
}

export interface Template extends Row {
	/** Meta's id has 15 to 17 digits and may exceed what a JavaScript number can hold. */
	template_id: bigint;
	template_name: string;
	language: string;
	status: string;
	category: string;
	header_data_format: string | null;
	header_data_text: string | null;
	header_params_count: number;
	body_data: string | null;
	body_params_count: number;
	footer_data: string | null;
	footer_params_count: number;
	buttons_data: string | null;
	header_file_url: string | null;
	header_variable_value: string[] | null;
	body_variable_value: string[] | null;
}

export interface TemplateBot extends Row {
	name: string;
	rel_type: string;
	template_id: bigint;
	header_params: string;
	body_params: string;
	footer_params: string;
	filename: string | null;
	trigger: string | null;
	reply_type: number;
	is_bot_active: number;
	sending_count: number;
}

export interface MessageBot extends Row {
	name: string;
	rel_type: string;
	reply_text: string;
	reply_type: number;
	trigger: string | null;
	bot_header: string | null;
	bot_footer: string | null;
	button1: string | null;
	button1_id: string | null;
	button2: string | null;
	button2_id: string | null;
	button3: string | null;
	button3_id: string | null;
	button_name: string | null;
	button_url: string | null;
	addedfrom: number | null;
	is_bot_active: boolean;
	sending_count: number;
	filename: string | null;
}

export interface SentMedia {
	type: string;
	url: string;
	bytes?: number;
	sha256?: string;
	/** As the recipient sees them, so swapped for documents where the server swaps them. */
	caption?: string | null;
	filename?: string;
}

export interface SentTemplate {
	name: string;
	language: string;
	header?: string;
	body: string[];
	/** What reached the simulated Meta: empty where the server does not pass buttons on. */
	buttons: Record<string, string>;
}

/** Why WhatsApp did not deliver a message, as Meta says it. */
export interface DeliveryFailure {
	code: number;
	title: string;
	details: string;
}

export interface SentMessage {
	wamid: string;
	kind: 'text' | 'media' | 'template';
	/** The number the message went to, which may differ from the contact's stored phone. */
	phone: string;
	contactId: number;
	/** ISO 8601. */
	at: string;
	/** What the recipient reads; for templates the body with its variables filled. */
	text: string;
	media?: SentMedia;
	template?: SentTemplate;
	fromPhoneNumberId?: string;
	/** How far the message got on its way to the phone. */
	state: 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';
	failure?: DeliveryFailure;
}

/** A send that WhatsCloud or WhatsApp did not accept, to somebody who is a contact. */
export interface RefusedSend {
	phone: string;
	contactId: number;
	/** ISO 8601. */
	at: string;
	/** As it came, without placeholders filled. */
	text: string;
	/** Its name. */
	template?: string;
	reason: string;
}

/** A message as Meta puts it, without what the sandbox adds: sender, id, time, context. */
export interface MetaMessage {
	type: string;
	[content: string]: unknown;
}

/** What somebody wrote to the business. */
export interface ReceivedMessage {
	wamid: string;
	/** Digits. */
	phone: string;
	/** As the person calls themselves on WhatsApp. */
	name: string;
	contactId: number;
	/** ISO 8601. */
	at: string;
	message: MetaMessage;
	/** What of it a person can read. */
	text: string;
	/** The message that a button was pressed on, or that was answered. */
	replyTo?: string;
	/** An echo is what somebody of the business wrote on the phone. */
	kind: 'message' | 'echo' | 'call';
	/** WhatsApp tells an id in place of the number. */
	hidesNumber: boolean;
	groupId?: string;
}
