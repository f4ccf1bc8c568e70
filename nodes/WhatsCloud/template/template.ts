import { fromJsonText, listOf, objectOf, textOf } from '../checks/json';
import { clipped, counted, InputError } from '../checks/text';
import { checkMediaUrl } from '../files/download';

const HEADER_FILES = ['image', 'video', 'document'] as const;

export type Template = ReturnType<typeof templateOf>;

/** A template as a send needs it, whichever generation of the server the record came from. */
export function templateOf(record: Readonly<Record<string, unknown>>) {
	const text = (key: string, from: unknown = record) => textOf(objectOf(from)[key]) ?? '';
	const headerFormat = text('header_data_format').toUpperCase();
	return {
		name: text('template_name'),
		language: text('language'),
		// In capitals, as WhatsApp writes them: `APPROVED`, `UTILITY`.
		status: text('status').toUpperCase(),
		category: text('category').toUpperCase(),
		headerFormat,
		headerText: text('header_data_text'),
		headerFile: HEADER_FILES.find((kind) => kind.toUpperCase() === headerFormat),
		body: text('body_data'),
		footer: text('footer_data'),
		buttons: buttonsOf(record).map((button) => ({
			type: text('type', button).toUpperCase(),
			text: text('text', button),
			url: text('url', button),
		})),
		hasCardVariables: /\{\{[^{}"]+\}\}/.test(JSON.stringify(record.cards_json ?? '')),
	};
}

/** JSON text on most servers. */
export function buttonsOf({ buttons_data: stored }: Readonly<Record<string, unknown>>): unknown[] {
	return listOf(fromJsonText(stored) ?? stored);
}

/** `en-us` counts as `en_US`. */
export function isSameCode(value: unknown, wanted: string): boolean {
	const plain = (code: unknown) => String(code).replace('-', '_').toLowerCase();
	return plain(value) === plain(wanted);
}

export function hasCode({ category }: Template): boolean {
	return category === 'AUTHENTICATION';
}

type Marker = ReturnType<typeof markersIn>[number];

export const MARKER = /\{\{([^{}]*)\}\}/g;

/** The places in a text that values fill, with what stands before and after each. */
function markersIn(text: string) {
	return [...text.matchAll(MARKER)].map(({ 0: whole, 1: name = '', index }) => ({
		name: name.trim(),
		before: text.slice(0, index),
		after: text.slice(index + whole.length),
	}));
}

/** The first occurrence of each marker, in WhatsApp's order of values: by number, or by place if they have names. */
export function distinctMarkers(text: string): Marker[] {
	const first = new Map<string, Marker>();
	for (const marker of markersIn(text).reverse()) first.set(marker.name, marker);
	const distinct = [...first.values()].sort((a, b) => a.before.length - b.before.length);
	return distinct.every(isNumbered)
		? distinct.sort((a, b) => Number(a.name) - Number(b.name))
		: distinct;
}

function isNumbered({ name }: Marker): boolean {
	return /^\d+$/.test(name);
}

export type Variable = ReturnType<typeof variable>;

export interface FillOptions {
	/** The header's file is uploaded with the message: no URL is needed, and one that is given is ignored. */
	headerFromBinary?: boolean;
	/** WhatsCloud makes the one-time code: none is needed, and one that is given is ignored. */
	autoGenerateOtp?: boolean;
}

/** What the server can fill: field_1 to field_10, button_0 to button_2. */
const MAX_BODY_FIELDS = 10;
const MAX_BUTTONS = 3;

/** Meta's limits of a value, in characters: that of the body depends on whether it is alone. */
const MAX_HEADER = 60;
const MAX_BODY = 1024;
const MAX_BODY_ALONE = 32_768;
const MAX_CODE = 15;

export function headerUrlField(kind: string): string {
	return `header_${kind}_url`;
}

export function bodyField(index: number): string {
	return `field_${index + 1}`;
}

/** What has to be filled in, in the order of the message. @throws InputError for a template that can't be sent */
export function variablesOf(template: Template, options: FillOptions = {}): Variable[] {
	assertSendable(template);
	if (hasCode(template)) return options.autoGenerateOtp ? [] : [codeVariable(template)];
	return [
		...headerVariables(template, options),
		...bodyVariables(template),
		...buttonVariables(template),
	];
}

function codeVariable({ body }: Template): Variable {
	const [marker] = markersIn(body);
	// Servers and their documents differ in the field that a button's code is read from.
	const also = ['button_0', 'copy_code'];
	return variable(bodyField(0), 'One-time code', { marker, also, maxLength: MAX_CODE });
}

function assertSendable(template: Template): void {
	const { name, language, status, headerFormat, hasCardVariables, buttons, body } = template;
	const count = markersIn(body).length;
	const hasLateVariable = buttons.slice(MAX_BUTTONS).some((button) => markerOf(button));
	const problems: Array<[holds: boolean, problem: string]> = [
		[status !== 'APPROVED', `is not approved by WhatsApp: its status is ${status || 'unknown'}`],
		[headerFormat === 'LOCATION', "has a location in its header, which WhatsCloud can't send"],
		[hasCardVariables, "has variables in the cards of a carousel, which WhatsCloud can't fill"],
		[hasLateVariable, "has a variable in a button after the third, which WhatsCloud can't fill"],
		[
			count > MAX_BODY_FIELDS,
			`has ${count} variables in its body, repeats counted, but WhatsCloud can fill at most ${MAX_BODY_FIELDS}`,
		],
	];
	const problem = problems.find(([holds]) => holds)?.[1];
	if (problem === undefined) return;
	throw new InputError(
		`The template "${name}" (${language}) ${problem}`,
		'Choose another template. After a change in WhatsApp or an approval, load the templates in WhatsCloud again.',
	);
}

function headerVariables(
	{ headerFile: kind, headerFormat, headerText }: Template,
	{ headerFromBinary }: FillOptions,
): Variable[] {
	if (kind && headerFromBinary) return [];
	if (kind)
		return [{ ...variable(headerUrlField(kind), `Header ${kind} URL`), checked: checkMediaUrl }];
	const [marker] = headerFormat === 'TEXT' ? markersIn(headerText) : [];
	return marker ? [variable('header_field_1', 'Header', { marker, maxLength: MAX_HEADER })] : [];
}

/**
 * WhatsApp knows a value for each distinct marker, the server wants one for each occurrence. So the first
 * fields are the distinct markers in WhatsApp's order; those left over only have to be filled, and take the
 * value of the occurrence that they were counted for.
 */
function bodyVariables({ body, headerFormat, footer, buttons }: Template): Variable[] {
	const isAlone = !headerFormat && !footer && buttons.length === 0;
	const maxLength = isAlone ? MAX_BODY_ALONE : MAX_BODY;
	const distinct = distinctMarkers(body);
	const repeats = markersIn(body)
		.map(({ name }, index) => ({ name, id: bodyField(index) }))
		.slice(distinct.length);
	return distinct.map((marker, index) => {
		const also = repeats.filter(({ name }) => name === marker.name).map(({ id }) => id);
		return variable(bodyField(index), 'Body', { marker, also, maxLength });
	});
}

function buttonVariables({ buttons }: Template): Variable[] {
	const links = buttons.flatMap((button, index): Variable[] => {
		const marker = markerOf(button);
		if (!marker) return [];
		const link = variable(`button_${index}`, `Button "${button.text}"`, { marker });
		const checked = (text: string) => buttonValue(marker.before, link.checked(text), link.label);
		return [{ ...link, checked }];
	});
	const copyCode = buttons.find(({ type }) => type === 'COPY_CODE');
	if (!copyCode) return links;
	const place = `Button "${copyCode.text}": the code to copy`;
	return [...links, variable('copy_code', place, { maxLength: MAX_CODE })];
}

/** The variable part of a button's address; WhatsApp allows only one, at its end. */
function markerOf({ type, url }: Template['buttons'][number]): Marker | undefined {
	return type === 'URL' ? markersIn(url)[0] : undefined;
}

function variable(
	id: string,
	place: string,
	more: { marker?: Marker; also?: string[]; maxLength?: number } = {},
) {
	const { marker, also = [], maxLength = Infinity } = more;
	const label = marker ? labelOf(place, marker) : place;
	return {
		/** The API's own field name: `field_1`, `header_image_url`, `button_0`, `copy_code` … */
		id,
		/** Further fields of the API that get the same value. */
		also,
		/** One line: where the value stands and the words around it; first its name, if it has one. */
		label,
		/** The name in the braces, where it is no number. */
		name: marker && !isNumbered(marker) ? marker.name : undefined,
		/** The value as it goes out. @throws InputError */
		checked: (text: string) => checkedText(text, label, maxLength),
	};
}

function checkedText(text: string, label: string, maxLength: number): string {
	if (text.trim() === '0') {
		throw new InputError(
			`The value "0" for ${label} would arrive as a blank`,
			'WhatsCloud drops a value that is only the digit 0. Write it in another way, such as "zero" or "0.00".',
		);
	}
	const length = [...shortened(text)].length;
	if (length <= maxLength) return text;
	throw new InputError(
		`The value for ${label} has ${counted(length)} characters, but WhatsApp allows at most ${counted(maxLength)}`,
		'Shorten it, or send the rest in another message.',
	);
}

/** A value as the server shortens it: it makes one space of each run of white space. */
export function shortened(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

/**
 * What comes in place of the variable in a button's address. Of a whole address the fixed part is taken off,
 * since the template has it; so is a slash that the fixed part ends in; blanks and letters that no address has
 * are encoded.
 * @throws InputError for another address
 */
function buttonValue(before: string, text: string, label: string): string {
	const given = text.trim();
	const fixed = withoutScheme(before);
	const whole = withoutScheme(given);
	const isWhole = fixed !== '' && whole.toLowerCase().startsWith(fixed.toLowerCase());
	const isOther = whole !== given && fixed !== '' && !before.includes('?');
	const rest = isWhole ? whole.slice(fixed.length) : given;
	const part = before.endsWith('/') ? rest.replace(/^\/+/, '') : rest;
	if (part !== '' && (isWhole || !isOther)) return part.replace(/[^!-~]+/g, encodeURIComponent);
	throw new InputError(
		`The value for ${label} does not fit the address of the button`,
		`The button leads to ${before}…, and the value is only what comes in place of the dots. It is: ${clipped(given)}`,
	);
}

function withoutScheme(url: string): string {
	return url.replace(/^https?:\/\//i, '');
}

/** Characters of the text shown around a marker. The editor cuts labels after about 25 in all. */
const MAX_BEFORE = 12;
const MAX_AFTER = 30;

/** `Body: …order {{2}} is on its way`, or `name (Body): Hello {{name}}`. */
function labelOf(place: string, marker: Marker): string {
	const before = [...marker.before.replace(/\s+/g, ' ').trimStart()];
	const after = marker.after.replace(/\s+/g, ' ').trimEnd();
	const last = before.slice(-MAX_BEFORE).join('');
	const words = before.length > MAX_BEFORE ? `…${last.replace(/^\S* (?=\S)/, '')}` : last;
	const start = isNumbered(marker) ? place : `${marker.name} (${place})`;
	return `${start}: ${words}{{${marker.name}}}${clipped(after, MAX_AFTER)}`;
}
