import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../api/api';
import type { BinaryReference, Call, Fields, Values } from '../../operation';
import type { HeaderMediaKind, Template } from '../../whatsapp/template';
import {
	headerMediaFileField,
	headerMediaKind,
	headerMediaUrlField,
} from '../../whatsapp/template';
import { templateValues } from '../../whatsapp/templateValues';
import type { Recipient } from './recipient';
import { recipientFields } from './recipient';
import type { SendFields } from './sendRequest';
import { send } from './sendRequest';
import type { template, templateLanguage } from './templateChoice';
import { findTemplate } from './templateChoice';
import type { TemplateValues } from './templateVariablesField';
import type { ChosenFile } from './upload';
import { outgoingFile } from './upload';

type TemplateChoice = Values<{
	template: typeof template;
	templateLanguage: typeof templateLanguage;
}>;

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
	{ template: picked, templateLanguage: language }: TemplateChoice,
	given: TemplateValues,
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
		call.api,
		'messages/template',
		{
			...recipientFields(call.params),
			template_name: chosen.template_name,
			template_language: chosen.language,
			...values,
			...(header && upload ? { [headerMediaUrlField(header.kind)]: undefined } : {}),
			...more,
		},
		header && upload && { field: headerMediaFileField(header.kind), upload },
	);
}
