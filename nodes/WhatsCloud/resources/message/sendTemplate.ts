import { optionalText, shownFor, toggle, wholeNumber } from '../../fields/values';
import { InputError } from '../../InputError';
import type { Call, Values } from '../../operation';
import { operation } from '../../operation';
import { runOptionsWith } from '../../fields/runOptions';
import type { HeaderMediaKind, Template } from '../../whatsapp/template';
import {
	headerMediaFileField,
	headerMediaKind,
	headerMediaUrlField,
	isAuthenticationTemplate,
} from '../../whatsapp/template';
import { templateValues } from '../../whatsapp/templateValues';
import { contactIfNew, phoneNumberFor, recipientFields, recipientLane } from './recipient';
import type { SendFields } from './sendRequest';
import { send } from './sendRequest';
import { findTemplate, template, templateLanguage } from './templateChoice';
import { templateVariables } from './templateVariablesField';
import type { ChosenFile } from './upload';
import { binaryField, checkFile, fileSourceField, outgoingFile, references } from './upload';

const headerMediaSource = fileSourceField(
	'Header Media Source',
	'Where the file comes from, if the template has an image, a video or a document in its header',
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
		const { chosen, header } = await filledTemplate(call);
		if (header) await checkFile(header, call);
		checkCode(call.params, chosen);
	},
	run: async (call) => {
		const { api, params } = call;
		const { chosen, header, values } = await filledTemplate(call);
		const upload = header && (await outgoingFile(header, call)).upload;
		return await send(
			api,
			'messages/template',
			{
				...recipientFields(params),
				template_name: chosen.template_name,
				template_language: chosen.language,
				from_phone_number_id: params.options.fromPhoneNumberId,
				...values,
				...(header && upload ? { [headerMediaUrlField(header.kind)]: undefined } : {}),
				...codeFields(params),
			},
			header && upload && { field: headerMediaFileField(header.kind), upload },
		);
	},
});

interface FilledTemplate {
	chosen: Template;
	values: Record<string, string>;
	/** The file in the header, if the template has one. */
	header: (ChosenFile & { kind: HeaderMediaKind }) | undefined;
}

/** @throws InputError when the template can't be sent with these values */
async function filledTemplate({ api, params }: Call<typeof fields>): Promise<FilledTemplate> {
	const chosen = await findTemplate(api, params.template, params.templateLanguage);
	const reference = params.headerBinaryPropertyName;
	const values = templateValues(chosen, params.templateVariables, {
		headerMediaFromBinary: reference !== undefined,
		autoGenerateOtp: params.options.autoGenerateOtp,
	});
	const kind = headerMediaKind(chosen);
	return {
		chosen,
		values,
		header: kind && { kind, reference, url: values[headerMediaUrlField(kind)] },
	};
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
