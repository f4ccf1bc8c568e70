import { optionalText, shownFor, toggle, wholeNumber } from '../../fields/values';
import { InputError } from '../../InputError';
import type { Call, Values } from '../../operation';
import { operation } from '../../operation';
import { runOptionsWith } from '../../fields/runOptions';
import type { Template } from '../../whatsapp/template';
import { isAuthenticationTemplate } from '../../whatsapp/template';
import type { FilledTemplate } from './filledTemplate';
import { fillTemplate, sendFilled } from './filledTemplate';
import { contactIfNew, phoneNumberFor, recipientLane } from './recipient';
import type { SendFields } from './sendRequest';
import { template, templateLanguage } from './templateChoice';
import { templateVariables } from './templateVariablesField';
import { binaryField, checkFile, fileSourceField, references } from './upload';

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
	return await fillTemplate(api, params, params.templateVariables, {
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
