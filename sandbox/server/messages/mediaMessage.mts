import type { Account } from '../account.mts';
import { inWords, type Call } from '../call.mts';
import {
	emptyPage,
	failure,
	FrameworkFailure,
	Refusal,
	success,
	type Answer,
} from '../envelope.mts';
import { isUpload, type UploadedFile } from '../input.mts';
import { plainSeconds } from '../timestamps.mts';
import {
	file,
	maxLength,
	minLength,
	oneOf,
	required,
	requiredWithout,
	string,
	uploadedWithin,
	url,
	type Rules,
} from '../validation.mts';
import { openChat, refuseAboveConversationLimit, refuseUnconnected } from './conversation.mts';
import {
	allowedExtensions,
	download,
	extensionOf,
	isTooLarge,
	maxMegabytes,
	mediaTypes,
	type MediaType,
} from './media.mts';
import { metaRefusal, newMessageId } from './meta.mts';
import { accept } from './outcome.mts';
import { fillPlaceholders } from './placeholders.mts';
import { cleanPhone, contactRules, findOrCreateRecipient } from './recipient.mts';
import { validateSend } from './sendRules.mts';

interface MediaInput {
	phone_number: string;
	media_type: MediaType;
	media_url?: string;
	media_file?: UploadedFile;
	caption?: string | null;
	filename?: string | null;
}

interface Media {
	url: string;
	bytes: number;
	sha256: string;
}

function rules(account: Account): Rules {
	return {
		phone_number: [required, string, minLength(10), maxLength(15)],
		media_type: [required, oneOf(...mediaTypes)],
		media_url: [requiredWithout('media_file', 'media file'), url],
		media_file: [
			requiredWithout('media_url', 'media url'),
			uploadedWithin(account.behaviour.uploadSizeLimit),
			file,
		],
		caption: [string, maxLength(1024)],
		filename: [string, maxLength(255)],
		...contactRules(account, { email: 191 }),
	};
}

function refuseExtension(account: Account, type: MediaType, nameOrUrl: string): void {
	const allowed = allowedExtensions(account, type);
	if (allowed.includes(extensionOf(nameOrUrl))) return;
	throw new Refusal(
		failure(422, `Invalid file extension for ${type}. Allowed: ${allowed.join(', ')}`),
	);
}

function refuseSize(type: MediaType, bytes: number): void {
	if (!isTooLarge(type, bytes)) return;
	throw new Refusal(
		failure(422, `File size exceeds limit for ${type}. Max allowed is ${maxMegabytes(type)} MB`),
	);
}

function takeUpload(account: Account, type: MediaType, upload: UploadedFile): Media {
	refuseExtension(account, type, upload.name);
	refuseSize(type, upload.bytes);
	const prefix = String(Math.floor(account.now().getTime() / 1000));
	const path = account.storedFiles.add('whatsapp-attachments', prefix, upload);
	const { bytes, sha256 } = upload;
	return { url: `${account.url}/storage/${path}`, bytes, sha256 };
}

/** Downloads first; only then does the server look at the path and at the announced size. */
async function takeUrl(account: Account, type: MediaType, mediaUrl: string): Promise<Media> {
	const downloaded = await download(mediaUrl);
	if (!downloaded?.ok) throw new Refusal(emptyPage()); // Quirk 16.
	refuseExtension(account, type, mediaUrl);
	refuseSize(type, downloaded.announcedBytes);
	return { url: mediaUrl, bytes: downloaded.bytes, sha256: downloaded.sha256 };
}

/** What the recipient sees. */
function shown({ behaviour }: Account, type: MediaType, caption: string | null, filename: string) {
	if (type === 'audio') return { caption: null, filename };
	return type === 'document' && behaviour.documentSwap
		? { caption: filename, filename: caption ?? '' }
		: { caption, filename };
}

export async function sendMedia(call: Call): Promise<Answer> {
	const { account, input } = call;
	validateSend(account, rules(account), input);
	const { phone_number, media_type, media_url, media_file, ...texts } =
		input as unknown as MediaInput;
	const media = isUpload(media_file)
		? takeUpload(account, media_type, media_file)
		: await takeUrl(account, media_type, media_url ?? '');
	const phone = cleanPhone(phone_number);
	const { contact, created } = await findOrCreateRecipient(call, phone);
	refuseUnconnected(account);
	refuseAboveConversationLimit(account, contact);
	const refused = metaRefusal(phone, call.tooFast);
	if (refused !== undefined) {
		return failure(500, 'failed_to_send_whatsapp_media_message', { error: refused.json });
	}
	// The order was put right, and with it a name of null breaks the message.
	const isNull = 'filename' in input && texts.filename === null;
	if (media_type === 'document' && isNull && !account.behaviour.documentSwap) {
		throw new FrameworkFailure();
	}
	const caption =
		typeof texts.caption !== 'string' ? null : fillPlaceholders(account, contact, texts.caption);
	const filename = texts.filename ?? '';
	const wamid = newMessageId(phone);
	const now = account.now();
	accept(account, {
		...{ wamid, kind: 'media', phone, contactId: contact.id, at: now.toISOString() },
		text: caption ?? '',
		media: { type: media_type, ...media, ...shown(account, media_type, caption, filename) },
	});
	return success({
		message: inWords(account, 'Media message sent successfully'),
		data: {
			message_id: wamid,
			contact_id: contact.id,
			phone: contact.phone,
			media_type,
			media_url: media.url,
			caption,
			filename,
			status: 'sent',
			sent_at: plainSeconds(now),
			chat_id: openChat(account, contact),
			chat_message_id: ++account.lastChatMessageId,
			contact_created: created,
		},
	});
}
