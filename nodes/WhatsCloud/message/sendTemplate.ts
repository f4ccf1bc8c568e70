import type { IDataObject } from 'n8n-workflow';

import { optionsWith, shownFor, simplify } from '../fields/collections';
import { optionalText, toggle, numeric } from '../fields/values';
import { InputError } from '../checks/text';
import { objectOf } from '../checks/json';
import type { Call, Fields } from '../operation';
import { operation } from '../operation';
import { filledTemplate, template, templateLanguage, templateVariables } from '../template/choose';
import type { FilledTemplate } from '../template/choose';
import { hasCode, headerUrlField } from '../template/template';
import type { Recipient, SendFields } from './send';
import { contactIfNew, outputOf, phoneNumberFor, lane, send } from './send';
import { binaryField, fileSourceField } from '../files/fields';

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

const options = optionsWith({
	autoGenerateOtp: toggle({
		displayName: 'Generate One-Time Code',
		default: true,
		description:
			'Whether WhatsCloud makes the code of an authentication template, which only newer versions can',
	}),
	fromPhoneNumberId: optionalText({
		displayName: 'Sender Phone Number ID',
		placeholder: 'e.g. 106540352242922',
		description: "WhatsApp's ID of the number to send from, the default number if left out",
	}),
	otpLength: numeric({
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
	simplify,
	options,
};

export const sendTemplate = operation({
	value: 'sendTemplate',
	name: 'Send Template',
	action: 'Send a template message',
	description: 'Send an approved WhatsApp template to a phone number. Works at any time.',
	kind: 'write',
	fields,
	lane,
	check: async (call) => {
		const { options: given, headerBinaryPropertyName: reference } = call.params;
		const filled = await filledTemplate(call.api, call.params, {
			headerFromBinary: reference !== undefined,
			autoGenerateOtp: given.autoGenerateOtp,
		});
		const header = filled.header && { ...filled.header, reference };
		if (header) await call.checkFile(header);
		if (given.autoGenerateOtp && !hasCode(filled.template)) {
			throw new InputError(
				`The template "${filled.template.name}" is not for one-time codes`,
				'Turn off Options > Generate One-Time Code, or choose a template of the category Authentication.',
			);
		}
		return { ...filled, header };
	},
	run: async (call, filled) => {
		const { fromPhoneNumberId, autoGenerateOtp, otpLength } = call.params.options;
		const answer = await sendFilled(call, filled, {
			from_phone_number_id: fromPhoneNumberId,
			...(autoGenerateOtp ? { auto_generate_otp: true, otp_length: otpLength } : {}),
		});
		const { name: template_name, language } = filled.template;
		return outputOf(call, answer, {
			template_name,
			language,
			// The text lacks a code that the server has made.
			message: answer.otp ? undefined : filled.text,
			media_url: objectOf(answer.media_info).media_url,
		});
	},
});

/** Sends it, with its header's file where the server would not fetch that itself. @throws ApiError */
export async function sendFilled(
	call: Pick<Call<Fields>, 'api' | 'fileToUpload'> & { params: Recipient },
	{ template: { name, language }, fields, header }: FilledTemplate,
	more?: SendFields,
): Promise<IDataObject> {
	const file = header && (await call.fileToUpload(header));
	return await send(call, 'messages/template', {
		template_name: name,
		template_language: language,
		...fields,
		...(file && { [headerUrlField(header.kind)]: undefined, [`header_${header.kind}_file`]: file }),
		...more,
	});
}
