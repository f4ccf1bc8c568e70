import { choice, optionalText, shownFor, toggle, wholeNumber } from '../../fields/values';
import { InputError } from '../../InputError';
import type { Call, Values } from '../../operation';
import { operation } from '../../operation';
import { runOptionsWith } from '../../fields/runOptions';
import type { HeaderMediaKind, Template } from '../../whatsapp/templateVariables';
import {
	headerMediaFileField,
	headerMediaKind,
	headerMediaUrlField,
	isAuthenticationTemplate,
	templateValues,
} from '../../whatsapp/templateVariables';
import { contactIfNew, phoneNumberFor, recipientFields, recipientLane } from './recipient';
import type { SendFields } from './sendRequest';
import { send } from './sendRequest';
import { findTemplate, template, templateLanguage } from './templateChoice';
import { templateVariables } from './templateVariablesField';
import type { Upload } from './upload';
import { binaryField, checkFile, fileByUrl, readUpload } from './upload';

const headerMediaSource = choice({
	displayName: 'Header Media Source',
	options: [
		{ name: 'Binary File', value: 'binary', description: 'A file of the input item' },
		{ name: 'URL', value: 'url', description: 'A public address, given under Template Variables' },
	] as const,
	default: 'url',
	description:
		'Where the file comes from, if the template has an image, a video or a document in its header',
});

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
	files: ({ headerBinaryPropertyName: property }) => (property === undefined ? [] : [property]),
	check: async (call) => {
		const { chosen, kind } = await filledTemplate(call);
		const property = call.params.headerBinaryPropertyName;
		if (kind && property !== undefined) checkFile(kind, call.binary(property));
		checkCode(call.params, chosen);
	},
	run: async (call) => {
		const { api, params } = call;
		const { chosen, kind, values } = await filledTemplate(call);
		const upload = kind && (await headerUpload(call, kind, values));
		return await send(
			api,
			'messages/template',
			{
				...recipientFields(params),
				template_name: chosen.template_name,
				template_language: chosen.language,
				from_phone_number_id: params.options.fromPhoneNumberId,
				...values,
				...(kind && upload ? { [headerMediaUrlField(kind)]: undefined } : {}),
				...codeFields(params),
			},
			kind && upload && { field: headerMediaFileField(kind), upload },
		);
	},
});

/** @throws InputError when the template can't be sent with these values */
async function filledTemplate({ api, params }: Call<typeof fields>): Promise<{
	chosen: Template;
	kind: HeaderMediaKind | undefined;
	values: Record<string, string>;
}> {
	const chosen = await findTemplate(api, params.template, params.templateLanguage);
	return {
		chosen,
		kind: headerMediaKind(chosen),
		values: templateValues(chosen, params.templateVariables, {
			headerMediaFromBinary: params.headerBinaryPropertyName !== undefined,
			autoGenerateOtp: params.options.autoGenerateOtp,
		}),
	};
}

/** The header's file; undefined when the server fetches it from its URL. */
async function headerUpload(
	{ params, binary, download }: Call<typeof fields>,
	kind: HeaderMediaKind,
	values: Record<string, string>,
): Promise<Upload | undefined> {
	const { headerBinaryPropertyName: property } = params;
	if (property !== undefined) return await readUpload(kind, binary(property));
	return (await fileByUrl(kind, values[headerMediaUrlField(kind)] ?? '', download)).upload;
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
