import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { runOptionsWith } from '../fields/runOptions';
import { shownFor } from '../fields/collections';
import { optionalText, toggle, wholeNumber } from '../fields/values';
import { InputError } from '../checks/InputError';
import type { BinaryReference, Call, Fields, Values } from '../operation';
import { operation } from '../operation';
import type { HeaderMediaKind, Template } from '../template/markers';
import {
	headerMediaFileField,
	headerMediaKind,
	headerMediaUrlField,
	isAuthenticationTemplate,
} from '../template/markers';
import { templateValues } from '../template/templateValues';
import type { Recipient, SendFields } from './send';
import { contactIfNew, phoneNumberFor, recipientLane, send } from './send';
import type { TemplateChoice, TemplateValues } from '../template/templateFields';
import {
	findTemplate,
	template,
	templateLanguage,
	templateVariables,
} from '../template/templateFields';
import type { ChosenFile } from '../files/upload';
import { binaryField, checkFile, fileSourceField, outgoingFile, references } from '../files/upload';

const headerMediaSource = fileSourceField(
	{
		displayName: 'Header Media Source',
		hint: 'Only for templates with an image, a video or a document in the header',
		description: 'Where the file in the header comes from',
	},
	'A public address, given under Template Variables',
);

const headerBinaryPropertyName = shownFor(
	{ headerMediaSource: ['binary'] },
	binaryField('Header Binary Field'),
);

const options = runOptionsWith({
	autoGenerateOtp: toggle({
		displayName: 'Generate One-Time Code',
		default: true,
		description:
			'Whether WhatsCloud makes the code of an authentication template. Only newer versions can; with others, make the code in the workflow and fill it in under Template Variables.',
	}),
	fromPhoneNumberId: optionalText({
		displayName: 'Sender Phone Number ID',
		placeholder: 'e.g. 106540352242922',
		description:
			"WhatsApp's ID of the number to send from, if the account has several. The default number is used if left out.",
	}),
	otpLength: wholeNumber({
		displayName: 'One-Time Code Length',
		default: 6,
		typeOptions: { minValue: 4, maxValue: 10 },
		description: 'How many digits the code that WhatsCloud makes has, 4 to 10',
	}),
});

const fields = {
	phoneNumber: phoneNumberFor('template'),
	template,
	templateLanguage,
	headerMediaSource,
	headerBinaryPropertyName,
	templateVariables,
	contactIfNew,
	options,
};

type Params = Values<typeof fields>;

export const sendTemplate = operation({
	value: 'sendTemplate',
	name: 'Send Template',
	action: 'Send a template message',
	description: 'Send an approved WhatsApp template to a phone number. Works at any time.',
	kind: 'write',
	fields,
	lane: recipientLane,
	files: ({ headerBinaryPropertyName }) => references(headerBinaryPropertyName),
	check: async (call) => {
		const filled = await filledTemplate(call);
		if (filled.header) await checkFile(filled.header, call);
		checkCode(call.params, filled.chosen);
	},
	run: async (call) =>
		await sendFilled(call, await filledTemplate(call), {
			from_phone_number_id: call.params.options.fromPhoneNumberId,
			...codeFields(call.params),
		}),
});

async function filledTemplate({ api, params }: Call<typeof fields>): Promise<FilledTemplate> {
	return await fillTemplate(api, params, {
		headerFile: params.headerBinaryPropertyName,
		autoGenerateOtp: params.options.autoGenerateOtp,
	});
}

function checkCode({ options: given }: Params, chosen: Template): void {
	if (given.autoGenerateOtp && !isAuthenticationTemplate(chosen)) {
		throw new InputError(
			`The template "${chosen.template_name}" is not for one-time codes`,
			'Turn off Options > Generate One-Time Code, or choose a template of the category Authentication.',
		);
	}
}

function codeFields({ options: { autoGenerateOtp, otpLength } }: Params): SendFields {
	return autoGenerateOtp ? { auto_generate_otp: true, otp_length: otpLength } : {};
}

/** Which template, and what is filled into it. */
interface Filling {
	template: TemplateChoice;
	templateLanguage?: string;
	templateVariables: TemplateValues;
}

export interface FilledTemplate {
	chosen: Template;
	/** By the API's field names. */
	values: Record<string, string>;
	/** The file in the header, if the template has one. */
	header: (ChosenFile & { kind: HeaderMediaKind }) | undefined;
}

/** @throws InputError when the template can't be sent with these values */
export async function fillTemplate(
	api: Api,
	{ template: picked, templateLanguage: language, templateVariables: given }: Filling,
	{ headerFile, autoGenerateOtp }: { headerFile?: BinaryReference; autoGenerateOtp?: boolean } = {},
): Promise<FilledTemplate> {
	const chosen = await findTemplate(api, picked, language);
	const headerMediaFromBinary = headerFile !== undefined;
	const values = templateValues(chosen, given, { headerMediaFromBinary, autoGenerateOtp });
	const kind = headerMediaKind(chosen);
	return {
		chosen,
		values,
		header: kind && { kind, reference: headerFile, url: values[headerMediaUrlField(kind)] },
	};
}

/** Sends it, with its header's file where the server would not fetch that itself. @throws ApiError */
export async function sendFilled(
	call: Pick<Call<Fields>, 'api' | 'binary' | 'download'> & { params: Recipient },
	{ chosen, values, header }: FilledTemplate,
	more: SendFields = {},
): Promise<IDataObject> {
	const upload = header && (await outgoingFile(header, call)).upload;
	return await send(
		call,
		'messages/template',
		{
			template_name: chosen.template_name,
			template_language: chosen.language,
			...values,
			...(header && upload ? { [headerMediaUrlField(header.kind)]: undefined } : {}),
			...more,
		},
		header && upload && { field: headerMediaFileField(header.kind), upload },
	);
}
