import { choice, optionalText, requiredText, shownFor, toggle } from '../../fields/values';
import { InputError } from '../../InputError';
import type { Call, Field, FileSource, Values } from '../../operation';
import { operation } from '../../operation';
import { runOptionsWith } from '../../fields/runOptions';
import type { MediaKind } from '../../whatsapp/media';
import { checkMediaUrl, fileNameOf, mediaKindOf } from '../../whatsapp/media';
import {
	contactIfNew,
	freeMessageNotice,
	phoneNumberFor,
	recipientFields,
	recipientLane,
} from './recipient';
import { send } from './sendRequest';
import type { OutgoingFile } from './upload';
import { binaryField, checkFile, fileByUrl, readUpload } from './upload';

const MAX_CAPTION = 1024;
const MAX_FILE_NAME = 255;

const kinds = choice({
	displayName: 'Media Type',
	options: [
		{ name: 'Audio', value: 'audio', description: 'AAC, AMR, MP3, M4A or OGG, up to 16 MB' },
		{
			name: 'Document',
			value: 'document',
			description: 'PDF, Word, Excel, PowerPoint or TXT, up to 100 MB',
		},
		{ name: 'Image', value: 'image', description: 'JPEG or PNG, up to 5 MB' },
		{ name: 'Video', value: 'video', description: 'MP4 or 3GP, up to 16 MB' },
	] as const,
	default: 'image',
	description:
		"How the recipient sees the file. An expression may also give the file's own type, such as {{ $binary.data.mimeType }}; the kind that fits is then taken.",
});

const mediaType: Field<MediaKind> = {
	...kinds,
	read: (value, label, item) => {
		const given = String(value).trim().toLowerCase();
		const fitting = given.includes('/') ? mediaKindOf({ mimeType: given }) : undefined;
		return fitting ?? kinds.read(given, label, item);
	},
};

const mediaSource = choice({
	displayName: 'Media Source',
	options: [
		{ name: 'Binary File', value: 'binary', description: 'A file of the input item' },
		{ name: 'URL', value: 'url', description: 'A public address on the internet' },
	] as const,
	default: 'url',
	description: 'Where the file comes from',
});

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

const caption = shownFor(
	{ mediaType: ['image', 'video', 'document'] },
	optionalText({
		displayName: 'Caption',
		typeOptions: { rows: 2 },
		maxLength: MAX_CAPTION,
		description:
			'The text below the file. In those of images and videos WhatsCloud fills in words such as {contact_first_name}.',
	}),
);

const fileName = shownFor(
	{ mediaType: ['document'] },
	optionalText({
		displayName: 'File Name',
		placeholder: 'e.g. Invoice 1001.pdf',
		maxLength: MAX_FILE_NAME,
		description:
			"The name that the recipient sees, the file's own if left out. Known versions of WhatsCloud exchange a document's caption and file name; the node puts that right. If recipients see them exchanged, turn it off under Options.",
	}),
);

const options = runOptionsWith({
	swapCaptionAndFileName: toggle({
		displayName: 'Correct Exchanged Captions',
		default: true,
		description:
			"Whether to hand a document's caption and file name to WhatsCloud in exchanged places. Known versions of WhatsCloud exchange them on the way to WhatsApp, so that they arrive as meant. WhatsCloud does not say whether it does: turn this off if recipients see the caption as the file's name.",
	}),
});

const fields = {
	freeMessageNotice,
	phoneNumber: phoneNumberFor('media'),
	mediaType,
	mediaSource,
	mediaUrl,
	binaryPropertyName,
	caption,
	fileName,
	contactIfNew,
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
	lane: recipientLane,
	files: ({ binaryPropertyName: property }) => (property === undefined ? [] : [property]),
	check: async ({ params, binary }) => {
		if (params.mediaType === 'document') documentTexts(params);
		if (params.binaryPropertyName !== undefined)
			checkFile(params.mediaType, withName(binary(params.binaryPropertyName), params));
	},
	run: async (call) => {
		const { api, params } = call;
		const media = await mediaOf(call);
		const isDocument = params.mediaType === 'document';
		const texts = isDocument ? documentTexts(params, media.name) : { caption: params.caption };
		const answer = await send(
			api,
			'messages/media',
			{
				...recipientFields(params),
				media_type: params.mediaType,
				media_url: media.url,
				...texts,
			},
			media.upload && { field: 'media_file', upload: media.upload },
		);
		// As meant, not as handed over.
		return isDocument && isSwapped(params)
			? { ...answer, caption: answer.filename, filename: answer.caption }
			: answer;
	},
});

type Params = Values<typeof fields>;

/** What to send, and the name it has of its own. */
async function mediaOf({
	params,
	binary,
	download,
}: Call<typeof fields>): Promise<Partial<OutgoingFile> & { name: string }> {
	const { mediaType: kind, mediaUrl: url, binaryPropertyName: property } = params;
	if (property !== undefined) {
		const upload = await readUpload(kind, withName(binary(property), params));
		return { upload, name: upload.name };
	}
	const file = await fileByUrl(kind, url ?? '', download);
	return { ...file, name: file.upload?.name ?? fileNameOf(url ?? '') };
}

/** A file without a name takes the one that the user gives the document. */
function withName(file: FileSource, { fileName: given }: Params): FileSource {
	return file.fileName ? file : { ...file, fileName: given };
}

/** @throws InputError for a caption that is too long for the place where the server takes it from */
function documentTexts(params: Params, ownName?: string): { caption?: string; filename?: string } {
	const { caption: text, fileName: name = ownName } = params;
	if (!isSwapped(params)) return { caption: text, filename: name };
	if (text !== undefined && [...text].length > MAX_FILE_NAME) {
		throw new InputError(
			`The caption of a document can have at most ${MAX_FILE_NAME} characters`,
			'Shorten it, or send the rest as a text message.',
		);
	}
	return { caption: name, filename: text };
}

function isSwapped({ options: given }: Params): boolean {
	return given.swapCaptionAndFileName ?? true;
}
