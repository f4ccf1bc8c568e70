import { randomInt } from 'node:crypto';
import type { Account } from '../account.mts';
import { inWords, type Call } from '../call.mts';
import { failure, Refusal, success, type Answer } from '../envelope.mts';
import { isUpload, type Input } from '../input.mts';
import type { Contact, Template } from '../records.mts';
import { textLength } from '../textLength.mts';
import {
	boolean,
	file,
	integer,
	maxKilobytes,
	maxLength,
	maxValue,
	minLength,
	minValue,
	required,
	string,
	uploadedWithin,
	url,
	type Rules,
} from '../validation.mts';
import { openChat, refuseAboveConversationLimit } from './conversation.mts';
import {
	allowedExtensions,
	download,
	extensionOf,
	isTooLarge,
	maxMegabytes,
	type MediaType,
} from './media.mts';
import { metaRefusal, newMessageId, type TooFast } from './meta.mts';
import { accept, brokenLink } from './outcome.mts';
import { fillPlaceholders } from './placeholders.mts';
import { cleanPhone, contactRules, findOrCreateRecipient, type Recipient } from './recipient.mts';
import { validateSend } from './sendRules.mts';

const mostBodyFields = 10;
const headerKinds: readonly MediaType[] = ['image', 'video', 'document'];
const numbered = (prefix: string, from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => `${prefix}_${from + index}`);
const bodyFields = numbered('field', 1, mostBodyFields);
const buttonFields = numbered('button', 0, 2);

function rules(account: Account): Rules {
	const { uploadSizeLimit, otp, templateRefusals } = account.behaviour;
	const sizeRule = (kind: MediaType) =>
		templateRefusals === 'worded' ? [maxKilobytes(maxMegabytes(kind) * 1024)] : [];
	const texts = ['from_phone_number_id', 'header_field_1', ...bodyFields, ...buttonFields];
	return {
		phone_number: [required, string, minLength(8), maxLength(15)],
		template_name: [required, string],
		template_language: [required, string, minLength(2), maxLength(10)],
		...Object.fromEntries(texts.map((field) => [field, [string]])),
		...Object.fromEntries(
			headerKinds.flatMap((kind) => [
				[`header_${kind}_url`, [url]],
				[`header_${kind}_file`, [uploadedWithin(uploadSizeLimit), file, ...sizeRule(kind)]],
			]),
		),
		header_document_name: [string, maxLength(255)],
		copy_code: [string, maxLength(100)],
		...(otp && {
			auto_generate_otp: [boolean],
			otp_length: [integer, minValue(4), maxValue(10)],
			otp_field_number: [integer, minValue(1), maxValue(10)],
		}),
		...contactRules(account, { email: 255, language: 10 }),
	};
}

function findTemplate(account: Account, input: Input): Template {
	const { template_name: name, template_language: language } = input;
	// Quirk 32: the list also holds templates that cannot be sent.
	const template = account.data.templates.find(
		(candidate) =>
			candidate.template_name === name &&
			candidate.language === language &&
			candidate.status === 'APPROVED',
	);
	if (template) return template;
	const specified = `The specified template '${String(name)}' was not found for this tenant`;
	const problem = inWords(account, specified, 'template_not_found_message');
	// This message is one of the few that the installation's language file has.
	throw new Refusal(failure(404, 'Template not found', { errors: { template: [problem] } }));
}

interface OneTimeCode {
	code: string;
	generated: true;
	length: number;
	field_number: number;
}

/** The code fills its field only if the request did not; other versions ignore the flag. */
function withOneTimeCode(account: Account, input: Input): { input: Input; otp?: OneTimeCode } {
	const isAsked = [true, 1, '1'].includes(input['auto_generate_otp'] as never);
	const field_number = Number(input['otp_field_number'] ?? 1);
	const field = `field_${field_number}`;
	if (!account.behaviour.otp || !isAsked || (input[field] ?? null) !== null) return { input };
	const length = Number(input['otp_length'] ?? 6);
	const code = Array.from({ length }, () => randomInt(10)).join('');
	return {
		input: { copy_code: code, ...input, [field]: code },
		otp: { code, generated: true, length, field_number },
	};
}

function mediaKind(template: Template): MediaType | undefined {
	return headerKinds.find((kind) => kind.toUpperCase() === template.header_data_format);
}

function refuseMissingFields(account: Account, template: Template, input: Input): void {
	const isShort = account.behaviour.templateRefusals === 'bare';
	const isMissing = (field: string) => (input[field] ?? null) === null;
	const missing: string[] = [];
	if (template.header_data_format === 'TEXT' && template.header_params_count > 0) {
		const which = isShort ? 'required' : 'is required for TEXT template with parameters';
		if (isMissing('header_field_1')) {
			missing.push(`header_field_1 (Header text parameter ${which})`);
		}
	}
	const kind = mediaKind(template);
	if (kind && !isUpload(input[`header_${kind}_file`]) && !input[`header_${kind}_url`]) {
		missing.push(`header_${kind}_url (Header ${kind} ${isShort ? '' : 'is '}required)`);
	}
	// Quirk 31: as many fields as there are markers, repeated ones included; only ten can be sent.
	const which = isShort ? 'required' : 'is required for this template';
	for (let number = 1; number <= template.body_params_count; number++) {
		if (number > mostBodyFields || isMissing(`field_${number}`)) {
			missing.push(`field_${number} (Body parameter ${number} ${which})`);
		}
	}
	if (missing.length === 0) return;
	const message = inWords(account, 'Template validation failed');
	throw new Refusal(failure(422, message, { errors: { template_fields: missing } }));
}

interface HeaderMedia {
	kind: MediaType;
	filename: string;
	url: string;
	bytes?: number;
	sha256?: string;
	/** The address answered with an error: WhatsApp will not get the file either. */
	isBroken?: boolean;
}

function refuseHeader(message: string, reason: string): never {
	throw new Refusal(failure(422, message, { errors: { header_media: [reason] } }));
}

async function takeHeaderMedia(
	account: Account,
	template: Template,
	input: Input,
): Promise<HeaderMedia | undefined> {
	const kind = mediaKind(template);
	if (!kind) return undefined;
	const allowed = allowedExtensions(account, kind);
	const refuseExtension = () =>
		refuseHeader(
			`Invalid file extension for header ${kind}`,
			`Invalid file extension. Allowed: ${allowed.join(', ')}`,
		);
	const prefix = `template_header_${Math.floor(account.now().getTime() / 1000)}`;
	const publicUrl = (path: string) => `${account.url}/storage/${path}`;

	const upload = input[`header_${kind}_file`];
	if (isUpload(upload)) {
		if (!allowed.includes(extensionOf(upload.name))) refuseExtension();
		if (isTooLarge(kind, upload.bytes)) {
			refuseHeader(
				`File size exceeds limit for header ${kind}`,
				`File size exceeds limit. Max allowed is ${maxMegabytes(kind)} MB`,
			);
		}
		const filename = account.storedFiles.add('whatsapp-templates', prefix, upload);
		const { bytes, sha256 } = upload;
		return { kind, filename, url: publicUrl(filename), bytes, sha256 };
	}

	const address = String(input[`header_${kind}_url`]);
	const downloaded = await download(address);
	if (!downloaded) {
		refuseHeader('Cannot access header media URL', 'The provided media URL is not accessible');
	}
	// No extension passes, and so does an HTTP error: the link then breaks at delivery.
	const extension = extensionOf(address);
	if (extension !== '' && !allowed.includes(extension)) refuseExtension();
	const name = new URL(address).pathname.split('/').pop() ?? '';
	const filename = account.storedFiles.add('whatsapp-templates', prefix, { name, ...downloaded });
	const { bytes, sha256, ok } = downloaded;
	return { kind, filename, url: publicUrl(filename), bytes, sha256, isBroken: !ok };
}

/** Whitespace collapses; an empty value or the single text `0` becomes a blank. */
function collapsed(value: string): string {
	const text = value.replaceAll(/\s+/g, ' ').trim();
	return text === '' || text === '0' ? ' ' : text;
}

/** Meta wants values for dynamic URL buttons and codes, and the server knows no LOCATION header. */
function lacksWhatMetaNeeds(template: Template, buttons: Record<string, string>): boolean {
	if (template.header_data_format === 'LOCATION') return true;
	const list = JSON.parse(template.buttons_data ?? '[]') as { type: string; url?: string }[];
	return list.some(({ type, url: target }, index) => {
		const isDynamic = type === 'URL' && target?.includes('{{') === true;
		const isCode = type === 'COPY_CODE' || (isDynamic && template.category === 'AUTHENTICATION');
		if (!isDynamic && !isCode) return false;
		return !(`button_${index}` in buttons || (isCode && 'copy_code' in buttons));
	});
}

const longestHeader = 60;
const longestBody = 1024;
/** Of a body without header, footer and buttons. */
const longestBodyAlone = 32_768;

/** Meta limits each value, in characters. */
function isTooLong(template: Template, header: string, body: string[]): boolean {
	const { header_data_format: format, footer_data: footer, buttons_data: buttons } = template;
	const isAlone = !format && !footer && !buttons;
	const longest = isAlone ? longestBodyAlone : longestBody;
	return textLength(header) > longestHeader || body.some((value) => textLength(value) > longest);
}

/** What reaches Meta: the code of an AUTHENTICATION template may do without a field of its own. */
function passedOnButtons(
	{ behaviour }: Account,
	{ category }: Template,
	input: Input,
): Record<string, string> {
	if (behaviour.buttons === 'code' && category === 'AUTHENTICATION') {
		return { button_0: collapsed(String(input['field_1'])) };
	}
	if (behaviour.buttons !== 'passed') return {};
	return Object.fromEntries(
		[...buttonFields, 'copy_code']
			.filter((field) => typeof input[field] === 'string')
			.map((field) => [field, collapsed(String(input[field]))]),
	);
}

/** Numbered markers take the value of their number, named ones the next by position. */
function rendered(template: Template, values: string[]): string {
	let position = 0;
	return (template.body_data ?? '').replaceAll(/\{\{([^}]*)\}\}/g, (_marker, name: string) => {
		const index = /^\d+$/.test(name) ? Number(name) - 1 : position++;
		return values[index] ?? '';
	});
}

interface Sending {
	account: Account;
	template: Template;
	input: Input;
	contact: Contact;
	media: HeaderMedia | undefined;
	phone: string;
	tooFast: TooFast | undefined;
}

const metaWants = '(#131008) Required parameter is missing';
const metaLimits = '(#132005) Translated text too long';

/** Gives back the message id, or why the simulated Meta refuses. */
function sendThroughMeta({
	account,
	template,
	input,
	contact,
	media,
	phone,
	tooFast,
}: Sending): { wamid: string } | { reason: string } {
	const buttons = passedOnButtons(account, template, input);
	const refused = metaRefusal(phone, tooFast);
	if (refused) return { reason: refused.message };
	if (lacksWhatMetaNeeds(template, buttons)) return { reason: metaWants };
	const value = (field: string) =>
		collapsed(fillPlaceholders(account, contact, String(input[field])));
	const body = bodyFields.slice(0, template.body_params_count).map(value);
	const header = template.header_params_count > 0 ? value('header_field_1') : undefined;
	if (isTooLong(template, header ?? '', body)) return { reason: metaLimits };
	const sender = input['from_phone_number_id'];
	const wamid = newMessageId(phone);
	accept(account, {
		...{ wamid, kind: 'template', phone, contactId: contact.id },
		at: account.now().toISOString(),
		text: rendered(template, body),
		...(media && {
			media: { type: media.kind, url: media.url, bytes: media.bytes, sha256: media.sha256 },
		}),
		template: {
			name: template.template_name,
			language: template.language,
			...(header !== undefined && { header }),
			body,
			buttons,
		},
		...(typeof sender === 'string' && { fromPhoneNumberId: sender }),
		...(media?.isBroken && { failure: brokenLink }),
	});
	return { wamid };
}

export async function sendTemplate(call: Call): Promise<Answer> {
	const { account } = call;
	const { behaviour } = account;
	validateSend(account, rules(account), call.input);
	const template = findTemplate(account, call.input);
	const { input, otp } = withOneTimeCode(account, call.input);
	refuseMissingFields(account, template, input);
	const media = await takeHeaderMedia(account, template, input);
	// Quirk 25: the oldest servers use the number as it was sent.
	const sent = String(input['phone_number']);
	const phone = behaviour.sendsRewritePhone ? cleanPhone(sent) : sent;
	const recipient = await findOrCreateRecipient({ ...call, input }, phone);
	const { contact } = recipient;
	if (!behaviour.whatsappConnected) return failure(503, 'whatsapp_not_connected');
	refuseAboveConversationLimit(account, contact);
	const outcome = sendThroughMeta({
		...{ account, template, input, contact, media, phone },
		tooFast: call.tooFast,
	});
	if ('reason' in outcome) {
		// Quirk 19: Meta's reason may be lost.
		const reason = behaviour.templateRefusals === 'bare' ? '' : outcome.reason;
		return failure(500, reason, { errors: { whatsapp: [reason] } });
	}
	if (openChat(account, contact) === null) {
		const errors = { system: ['An error occurred while sending the template message'] };
		return failure(500, 'internal_server_error', { errors });
	}
	return accepted({ account, template, recipient, media, phone, ...outcome, otp });
}

interface Accepted {
	account: Account;
	template: Template;
	recipient: Recipient;
	media: HeaderMedia | undefined;
	phone: string;
	wamid: string;
	otp: OneTimeCode | undefined;
}

function accepted({ account, template, recipient, media, phone, wamid, otp }: Accepted): Answer {
	const { contact, created } = recipient;
	return success({
		message: inWords(account, 'Template sent successfully'),
		data: {
			contact: {
				id: contact.id,
				phone: contact.phone,
				first_name: contact.firstname,
				last_name: contact.lastname,
				email: contact.email,
				created,
			},
			template: {
				template_name: template.template_name,
				language: template.language,
				...(account.behaviour.otp && { category: template.category }),
				sent: true,
				header_format: template.header_data_format,
				has_media: media !== undefined,
			},
			// Quirk 28: the message id is only in here.
			whatsapp_response: {
				messaging_product: 'whatsapp',
				contacts: [{ input: phone, wa_id: phone.replaceAll(/\D/g, '') }],
				messages: [{ id: wamid, message_status: 'accepted' }],
			},
			media_info: media
				? { filename: media.filename, media_url: media.url, media_type: media.kind }
				: null,
			otp,
		},
	});
}
