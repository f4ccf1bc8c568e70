import { fromJsonText, isObject, listOf } from '../json';

/** A template as the API gives it: what is needed to fill it. */
export interface Template {
	template_name: string;
	language: string;
	status?: string | null;
	category?: string | null;
	header_data_format?: string | null;
	header_data_text?: string | null;
	body_data?: string | null;
	footer_data?: string | null;
	header_params_count?: number | string | null;
	body_params_count?: number | string | null;
	/** JSON text of Meta's button array. */
	buttons_data?: unknown;
}

const HEADER_MEDIA_KINDS = ['image', 'video', 'document'] as const;
export type HeaderMediaKind = (typeof HEADER_MEDIA_KINDS)[number];

export interface Button {
	type: string;
	text: string;
	url: string;
}

export function isAuthenticationTemplate(template: Template): boolean {
	return template.category?.toUpperCase() === 'AUTHENTICATION';
}

/** The file that the header shows, if it shows one. */
export function headerMediaKind(template: Template): HeaderMediaKind | undefined {
	const format = template.header_data_format?.toLowerCase();
	return HEADER_MEDIA_KINDS.find((kind) => kind === format);
}

/** The API's field for an uploaded header file. */
export function headerMediaFileField(kind: HeaderMediaKind): `header_${HeaderMediaKind}_file` {
	return `header_${kind}_file`;
}

/** The API's field for the address of the header's file. */
export function headerMediaUrlField(kind: HeaderMediaKind): `header_${HeaderMediaKind}_url` {
	return `header_${kind}_url`;
}

/** The body as the recipient reads it. @param values by the API's field names, one for each marker in turn */
export function filledBody({ body_data: body }: Template, values: Record<string, string>): string {
	let place = 0;
	return (body ?? '').replace(/\{\{[^{}]*\}\}/g, () => values[`field_${++place}`] ?? '');
}

export function buttonsOf({ buttons_data: buttons }: Template): Button[] {
	const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
	return listOf(fromJsonText(buttons) ?? buttons).map((button) => {
		const { type, text, url } = isObject(button) ? button : {};
		return { type: textOf(type).toUpperCase(), text: textOf(text), url: textOf(url) };
	});
}

export function countOf(value: number | string | null | undefined): number {
	const count = Number(value ?? 0);
	return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
