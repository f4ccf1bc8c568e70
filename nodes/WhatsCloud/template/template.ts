import { fromJsonText, isObject, listOf, textOf } from '../checks/json';

type HeaderFile = 'image' | 'video' | 'document';
const HEADER_FILES: readonly HeaderFile[] = ['image', 'video', 'document'];

/** A template as a send needs it, whichever generation of the server the record came from. */
export interface Template {
	name: string;
	language: string;
	/** In capitals, as WhatsApp writes them: `APPROVED`, `UTILITY`, `TEXT`. */
	status: string;
	category: string;
	headerFormat: string;
	headerText: string;
	/** What the header shows, if that is a file. */
	headerFile?: HeaderFile;
	headerCount: number;
	body: string;
	/** Each repeat of a marker counts: so many values the server wants. */
	bodyCount: number;
	footer: string;
	buttons: Button[];
	hasCardVariables: boolean;
}

export interface Button {
	type: string;
	text: string;
	url: string;
}

export function templateOf(record: Readonly<Record<string, unknown>>): Template {
	const text = (key: string) => textOf(record[key]) ?? '';
	const headerFormat = text('header_data_format').toUpperCase();
	const body = text('body_data');
	return {
		name: text('template_name'),
		language: text('language'),
		status: text('status').toUpperCase(),
		category: text('category').toUpperCase(),
		headerFormat,
		headerText: text('header_data_text'),
		headerFile: HEADER_FILES.find((kind) => kind.toUpperCase() === headerFormat),
		headerCount: countOf(record.header_params_count),
		body,
		bodyCount: Math.max(countOf(record.body_params_count), distinctMarkers(body).length),
		footer: text('footer_data'),
		buttons: buttonsIn(record.buttons_data),
		hasCardVariables: /\{\{[^{}"]+\}\}/.test(JSON.stringify(record.cards_json ?? '')),
	};
}

export function isApproved(status: unknown): boolean {
	return isSameCode(status, 'APPROVED');
}

/** `en-us` counts as `en_US`. */
export function isSameCode(value: unknown, wanted: string): boolean {
	const plain = (code: unknown) => String(code).replace('-', '_').toLowerCase();
	return plain(value) === plain(wanted);
}

/** JSON text on most servers. */
function buttonsIn(stored: unknown): Button[] {
	return listOf(fromJsonText(stored) ?? stored).map((button) => {
		const { type, text, url } = isObject(button) ? button : {};
		return {
			type: (textOf(type) ?? '').toUpperCase(),
			text: textOf(text) ?? '',
			url: textOf(url) ?? '',
		};
	});
}

function countOf(value: unknown): number {
	const count = Number(value ?? 0);
	return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** A place in a template's text that a value fills. */
export interface Marker {
	/** Without braces and blanks: a number, or a name. */
	name: string;
	start: number;
	end: number;
}

export function markersIn(text: string): Marker[] {
	return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => ({
		name: (match[1] ?? '').trim(),
		start: match.index,
		end: match.index + match[0].length,
	}));
}

/** The first occurrence of each marker, in WhatsApp's order of values: by number, or by place if they have names. */
export function distinctMarkers(text: string): Marker[] {
	const all = markersIn(text);
	const distinct = all.filter(({ name }, index) => all.findIndex((m) => m.name === name) === index);
	return distinct.every(isNumbered)
		? distinct.sort((a, b) => Number(a.name) - Number(b.name))
		: distinct;
}

export function isNumbered({ name }: Marker): boolean {
	return /^\d+$/.test(name);
}

/** The beginning of a text, cut between words. */
export function firstWords(text: string, length: number): string {
	const characters = [...text];
	if (characters.length <= length) return text;
	return `${characters
		.slice(0, length)
		.join('')
		.replace(/(?<=\S) \S*$/, '')}…`;
}
