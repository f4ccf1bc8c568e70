import { InputError } from '../checks/InputError';
import type { Button, Template, ImpliedField, Marker } from './markers';
import {
	buttonsOf,
	countOf,
	headerMediaKind,
	headerMediaUrlField,
	isAuthenticationTemplate,
	bodyFieldCount,
	bodyFieldId,
	distinctMarkers,
	isBodyAlone,
	isNumbered,
	labelOf,
	markersIn,
	repeatedFields,
	written,
} from './markers';

export interface TemplateVariable {
	/** The API's own field name: `field_1`, `header_image_url`, `button_0`, `copy_code` … */
	id: string;
	/** One line: where the value stands and the text around it. */
	label: string;
	required: boolean;
	kind: 'text' | 'mediaUrl' | 'code';
	/** As in the template, such as `{{1}}` or `{{name}}`. */
	marker?: string;
	/** The name in the braces, where it is a name and no number. */
	name?: string;
	/** In characters. */
	maxLength?: number;
	/** The button's address around the value. */
	address?: { before: string; after: string };
}

export interface FillOptions {
	/** The header's file is uploaded with the message: no URL is needed, and one that is given is ignored. */
	headerMediaFromBinary?: boolean;
	/** WhatsCloud makes the one-time code: none is needed. */
	autoGenerateOtp?: boolean;
}

/** What the server can fill: field_1 to field_10, button_0 to button_2. */
const MAX_BODY_FIELDS = 10;
const MAX_BUTTONS = 3;

/** Meta's limits of a value, in characters: that of the body depends on whether it is alone. */
const MAX_HEADER = 60;
const MAX_BODY = 1024;
const MAX_BODY_ALONE = 32_768;
const MAX_COPY_CODE = 100;

export const CODE_ID = 'field_1';
/** The fields of a button that carries the one-time code; servers differ in which of them they read. */
export const CODE_BUTTON_IDS = ['button_0', 'copy_code'];

const CHOOSE_ANOTHER =
	'Choose another template, or change this one in WhatsCloud and load it there again.';

/**
 * What has to be filled in, in the order of the message: header, body, buttons. A marker that occurs
 * several times is asked once (quirk 31).
 * @throws InputError for a template that can't be sent, whatever the values
 */
export function templateVariables(
	template: Template,
	options: FillOptions = {},
): TemplateVariable[] {
	assertSendable(template);
	return [
		...headerVariables(template, options),
		...bodyVariables(template, options),
		...(isAuthenticationTemplate(template) ? [] : buttonVariables(template)),
	];
}

/** The fields that the server wants besides: repeated markers, and the places of a one-time code. */
export function impliedFields(template: Template): ImpliedField[] {
	return [
		...repeatedFields(template),
		...(isAuthenticationTemplate(template)
			? CODE_BUTTON_IDS.map((id) => ({ id, from: CODE_ID }))
			: []),
	];
}

function assertSendable(template: Template): void {
	const name = `The template "${template.template_name}" (${template.language})`;
	if (template.status?.toUpperCase() !== 'APPROVED') {
		throw new InputError(
			`${name} is not approved by WhatsApp, so it can't be sent`,
			`Its status is ${template.status ?? 'unknown'}. Choose an approved template, or wait for the approval and load the templates in WhatsCloud again.`,
		);
	}
	if (template.header_data_format?.toUpperCase() === 'LOCATION') {
		throw new InputError(
			`${name} has a location in its header, which WhatsCloud can't send`,
			CHOOSE_ANOTHER,
		);
	}
	const fields = bodyFieldCount(template);
	if (fields > MAX_BODY_FIELDS) {
		throw new InputError(
			`${name} has ${fields} variables in its body, but WhatsCloud can fill at most ${MAX_BODY_FIELDS}`,
			`Repeated variables count each time. ${CHOOSE_ANOTHER}`,
		);
	}
	const lastWithVariable = buttonsOf(template).findLastIndex((button) => variableOf(button));
	if (lastWithVariable >= MAX_BUTTONS) {
		throw new InputError(
			`${name} has a variable in a button after the third, which WhatsCloud can't fill`,
			CHOOSE_ANOTHER,
		);
	}
}

function headerVariables(template: Template, options: FillOptions): TemplateVariable[] {
	const media = headerMediaKind(template);
	if (media !== undefined) {
		if (options.headerMediaFromBinary) return [];
		return [
			{
				id: headerMediaUrlField(media),
				label: `Header ${media} URL`,
				required: true,
				kind: 'mediaUrl',
			},
		];
	}
	if (template.header_data_format?.toUpperCase() !== 'TEXT') return [];
	const text = template.header_data_text ?? '';
	const [marker] = markersIn(text);
	if (marker === undefined && countOf(template.header_params_count) === 0) return [];
	return [
		{
			id: 'header_field_1',
			label: labelOf('Header', marker, text),
			required: true,
			kind: 'text',
			...identityOf(marker),
			maxLength: MAX_HEADER,
		},
	];
}

function bodyVariables(template: Template, options: FillOptions): TemplateVariable[] {
	const text = template.body_data ?? '';
	const hasCode = isAuthenticationTemplate(template);
	const repeats = new Set(repeatedFields(template).map(({ id }) => id));
	const markers = distinctMarkers(text);
	const fields = Math.max(bodyFieldCount(template), hasCode ? 1 : 0);
	const maxLength = isBodyAlone(template) ? MAX_BODY_ALONE : MAX_BODY;
	return Array.from({ length: fields }, (_, index): TemplateVariable => {
		const id = bodyFieldId(index);
		const isCode = hasCode && id === CODE_ID;
		const marker = markers[index];
		// The server may count a variable that the text does not show: it wants a value all the same.
		const bodyPlace = marker ? 'Body' : `Body value ${index + 1}`;
		return {
			id,
			label: labelOf(isCode ? 'One-time code' : bodyPlace, marker, text),
			required: !(isCode && options.autoGenerateOtp),
			kind: isCode ? 'code' : 'text',
			...identityOf(marker),
			maxLength,
		};
	}).filter(({ id }) => !repeats.has(id));
}

function buttonVariables(template: Template): TemplateVariable[] {
	const buttons = buttonsOf(template);
	const variables = buttons.flatMap((button, index): TemplateVariable[] => {
		const marker = variableOf(button);
		if (marker === undefined) return [];
		const { text, url } = button;
		return [
			{
				id: `button_${index}`,
				label: labelOf(`Button "${text}"`, marker, url),
				required: true,
				kind: 'text',
				...identityOf(marker),
				address: { before: url.slice(0, marker.start), after: url.slice(marker.end) },
			},
		];
	});
	const copyCode = buttons.find(({ type }) => type === 'COPY_CODE');
	if (copyCode) {
		variables.push({
			id: 'copy_code',
			label: `Button "${copyCode.text}": the code to copy`,
			required: true,
			kind: 'code',
			maxLength: MAX_COPY_CODE,
		});
	}
	return variables;
}

function identityOf(marker: Marker | undefined): Pick<TemplateVariable, 'marker' | 'name'> {
	if (marker === undefined) return {};
	return { marker: written(marker), name: isNumbered(marker) ? undefined : marker.name };
}

/** The variable part of a button's URL; there can be only one. */
function variableOf(button: Button): Marker | undefined {
	return button.type === 'URL' ? markersIn(button.url)[0] : undefined;
}
