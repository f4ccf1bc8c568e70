import { optionsWith, shownFor, simplify } from '../fields/collections';
import { choice, optionalText, requiredText, toggle } from '../fields/values';
import { InputError } from '../checks/text';
import type { Call, ChosenFile, Field, MediaKind } from '../operation';
import { operation } from '../operation';
import { nameParts, withEnding } from '../files/formats';
import { checkMediaUrl, fileNameOf } from '../files/download';
import { binaryField, fileSourceField } from '../files/fields';
import { contactIfNew, freeMessageNotice, outputOf, phoneNumberFor, lane, send } from './send';

const MAX_FILE_NAME = 255;

const kinds = choice({
	displayName: 'Media Type',
	options: [
		{ name: 'Audio', value: 'audio', description: 'AAC, AMR, MP3, M4A or OGG, up to 16 MB' },
		{ name: 'Document', value: 'document', description: 'PDF, Office or TXT, up to 100 MB' },
		{ name: 'Image', value: 'image', description: 'JPEG or PNG, up to 5 MB' },
		{ name: 'Video', value: 'video', description: 'MP4 or 3GP, up to 16 MB' },
	] as const,
	default: 'image',
	description:
		"How the recipient sees the file. An expression may also give the file's own type, such as {{ $binary.data.mimeType }}.",
});

const mediaType: Field<MediaKind> = {
	...kinds,
	read: (value, label, item) => {
		const given = String(value).trim().toLowerCase();
		const ofType = /^(image|video|audio)\//.exec(given)?.[1] ?? 'document';
		return kinds.read(given.includes('/') ? ofType : given, label, item);
	},
};

const mediaSource = fileSourceField(
	{ displayName: 'Media Source', description: 'Where the file comes from' },
	'A public address on the internet',
);

const mediaUrl = shownFor(
	{ mediaSource: ['url'] },
	{
		...requiredText({
			displayName: 'Media URL',
			placeholder: 'e.g. https://example.com/photo.png',
			description: 'The address of the file, which anyone must be able to open without logging in',
		}),
		read: checkMediaUrl,
	},
);

const binaryPropertyName = shownFor({ mediaSource: ['binary'] }, binaryField('Input Binary Field'));

const caption = optionalText({
	displayName: 'Caption',
	displayOptions: { show: { mediaType: ['image', 'video', 'document'] } },
	typeOptions: { rows: 2 },
	maxLength: 1024,
	description:
		'The text below the file. In those of images and videos WhatsCloud fills in words such as {contact_first_name}.',
});

const fileName = optionalText({
	displayName: 'File Name',
	displayOptions: { show: { mediaType: ['document'] } },
	placeholder: 'e.g. Invoice 1001.pdf',
	// Five are kept free for the ending.
	maxLength: MAX_FILE_NAME - 5,
	description:
		"The name that the recipient sees, the file's own if left out; an ending such as .pdf is added",
});

const options = optionsWith({
	swapCaptionAndFileName: toggle({
		displayName: 'Correct Exchanged Captions',
		default: true,
		description:
			"Whether your version of WhatsCloud exchanges a document's caption and file name. The node finds out by itself. If they arrive swapped, add this option; if they still do, turn it off.",
	}),
});

const fields = {
	freeMessageNotice: freeMessageNotice(),
	phoneNumber: phoneNumberFor('media'),
	mediaType,
	mediaSource,
	mediaUrl,
	binaryPropertyName,
	caption,
	fileName,
	contactIfNew,
	simplify,
	options,
};

export const sendMedia = operation({
	value: 'sendMedia',
	name: 'Send Media',
	action: 'Send an image, document, video or audio file',
	description:
		"Send a file by its URL or from binary data. Works only within 24 hours of the contact's last message; otherwise send a template.",
	kind: 'write',
	fields,
	lane,
	check: async (call) => {
		const { mediaType: kind, binaryPropertyName, mediaUrl, fileName: givenName } = call.params;
		const file: ChosenFile = { kind, reference: binaryPropertyName, url: mediaUrl, givenName };
		await call.checkFile(file);
		return { file, placed: kind === 'document' ? await placesOfTexts(call) : undefined };
	},
	run: async (call, { file: chosen, placed }) => {
		const { mediaType: media_type, mediaUrl: url, caption, fileName: given } = call.params;
		const file = await call.fileToUpload(chosen);
		const ownName = file?.name ?? fileNameOf(url ?? '');
		const name = given === undefined ? ownName : withEnding(given, nameParts(ownName).ending);
		const answer = await send(call, 'messages/media', {
			media_type,
			media_url: file ? undefined : url,
			media_file: file,
			...(placed ? placed(name) : { caption }),
		});
		// The answer to a document has its texts exchanged on most servers.
		const texts = placed ? { caption, filename: name } : { caption: answer.caption };
		return outputOf(call, answer, { media_type, media_url: answer.media_url, ...texts });
	},
});

/**
 * How the server takes a document's caption and its file name: from the fields named so, or exchanged.
 * @throws InputError for a caption that is too long for the place where the server takes it from
 */
async function placesOfTexts({ api, params: { caption, options } }: Call<typeof fields>) {
	const { swapCaptionAndFileName: chosen } = options;
	const isAsNamed = chosen === undefined ? await api.server.documentsInOrder() : !chosen;
	if (isAsNamed) return (filename: string) => ({ caption, filename });
	if (caption !== undefined && [...caption].length > MAX_FILE_NAME) {
		throw new InputError(
			`The caption of a document can have at most ${MAX_FILE_NAME} characters`,
			'Shorten it, or send the rest as a text message.',
		);
	}
	if (isAsNamed === undefined && caption === undefined)
		return (filename: string) => ({ caption: filename, filename });
	if (isAsNamed === undefined) {
		api.hint(
			'documents',
			'Most versions of WhatsCloud exchange the caption and the file name of documents, and nothing shows yet whether yours does. If they arrive swapped, add Options > Correct Exchanged Captions and turn it off.',
		);
	}
	return (filename: string) => ({ caption: filename, filename: caption });
}
