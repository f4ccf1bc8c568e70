import { counted, InputError } from '../checks/text';
import { checkMediaUrl } from '../files/mediaUrl';
import { buttonValue } from './buttonValue';
import type { Button, Marker, Template } from './template';
import { distinctMarkers, firstWords, isNumbered, markersIn } from './template';

/** One value that a template takes. */
export interface Variable {
	/** The API's own field name: `field_1`, `header_image_url`, `button_0`, `copy_code` … */
	id: string;
	/** One line: where the value stands and the words around it; first its name, if it has one. */
	label: string;
	/** The name in the braces, where it is no number. */
	name?: string;
	required: boolean;
	/** The value as it goes out. @throws InputError */
	checked(text: string): string;
}

export interface FillOptions {
	/** The header's file is uploaded with the message: no URL is needed, and one that is given is ignored. */
	headerFromBinary?: boolean;
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
const MAX_CODE = 15;

export const CODE_ID = 'field_1';
/** Servers and their documents differ in the field that a button's one-time code is read from. */
export const CODE_BUTTON_IDS = ['button_0', 'copy_code'];

export function headerUrlField(kind: string): string {
	return `header_${kind}_url`;
}

export function bodyField(index: number): string {
	return `field_${index + 1}`;
}

export function hasCode({ category }: Template): boolean {
	return category === 'AUTHENTICATION';
}

/**
 * What has to be filled in, in the order of the message: header, body, buttons. A marker that occurs several
 * times is asked once.
 * @throws InputError for a template that can't be sent, whatever the values
 */
export function variablesOf(template: Template, options: FillOptions = {}): Variable[] {
	assertSendable(template);
	return [
		...headerVariables(template, options),
		...bodyVariables(template, options),
		...(hasCode(template) ? [] : buttonVariables(template)),
	];
}

function assertSendable(template: Template): void {
	const { name, language, status, headerFormat, bodyCount, buttons, hasCardVariables } = template;
	const refused = (problem: string, advice: string) =>
		new InputError(`The template "${name}" (${language}) ${problem}`, advice);
	if (status !== 'APPROVED') {
		throw refused(
			"is not approved by WhatsApp, so it can't be sent",
			`Its status is ${status || 'unknown'}. Choose an approved template, or wait for the approval and load the templates in WhatsCloud again.`,
		);
	}
	const another =
		'Choose another template, or change this one in WhatsCloud and load it there again.';
	if (headerFormat === 'LOCATION')
		throw refused("has a location in its header, which WhatsCloud can't send", another);
	if (hasCardVariables)
		throw refused("has variables in the cards of a carousel, which WhatsCloud can't fill", another);
	if (buttons.findLastIndex(variableIn) >= MAX_BUTTONS)
		throw refused(
			"has a variable in a button after the third, which WhatsCloud can't fill",
			another,
		);
	if (bodyCount > MAX_BODY_FIELDS) {
		throw refused(
			`has ${bodyCount} variables in its body, but WhatsCloud can fill at most ${MAX_BODY_FIELDS}`,
			`Repeated variables count each time. ${another}`,
		);
	}
}

function headerVariables(template: Template, options: FillOptions): Variable[] {
	const { headerFile: kind, headerFormat, headerText: text, headerCount } = template;
	if (kind) {
		if (options.headerFromBinary) return [];
		const label = `Header ${kind} URL`;
		return [{ id: headerUrlField(kind), label, required: true, checked: checkMediaUrl }];
	}
	const [marker] = markersIn(text);
	if (headerFormat !== 'TEXT' || (!marker && headerCount === 0)) return [];
	return [textVariable('header_field_1', 'Header', marker, text, MAX_HEADER)];
}

function bodyVariables(template: Template, { autoGenerateOtp }: FillOptions): Variable[] {
	const { body: text, bodyCount, headerFormat, footer, buttons } = template;
	const isAlone = !headerFormat && !footer && buttons.length === 0;
	const repeats = new Set(repeatedFields(template).map(({ id }) => id));
	const markers = distinctMarkers(text);
	const count = Math.max(bodyCount, hasCode(template) ? 1 : 0);
	return Array.from({ length: count }, (_, index) => {
		const id = bodyField(index);
		const marker = markers[index];
		if (hasCode(template) && id === CODE_ID) {
			const code = textVariable(id, 'One-time code', marker, text, MAX_CODE);
			return { ...code, required: !autoGenerateOtp };
		}
		// The server may count a variable that the text does not show: it wants a value all the same.
		const place = marker ? 'Body' : `Body value ${index + 1}`;
		return textVariable(id, place, marker, text, isAlone ? MAX_BODY_ALONE : MAX_BODY);
	}).filter(({ id }) => !repeats.has(id));
}

/**
 * WhatsApp knows a value for each distinct marker, the server wants one for each occurrence. So the first
 * fields are the distinct markers in WhatsApp's order; those left over only have to be filled, and take the
 * value (`from`) of the occurrence that they were counted for, if they get none of their own.
 */
export function repeatedFields({ body, bodyCount }: Template): Array<{ id: string; from: string }> {
	const distinct = distinctMarkers(body).map(({ name }) => name);
	return markersIn(body)
		.slice(0, bodyCount)
		.map(({ name }, index) => ({ id: bodyField(index), from: bodyField(distinct.indexOf(name)) }))
		.slice(distinct.length);
}

function buttonVariables({ buttons }: Template): Variable[] {
	const variables = buttons.flatMap((button, index): Variable[] => {
		const marker = variableIn(button);
		if (!marker) return [];
		const { text, url } = button;
		const variable = textVariable(`button_${index}`, `Button "${text}"`, marker, url, Infinity);
		const address = { before: url.slice(0, marker.start), after: url.slice(marker.end) };
		const { label, checked } = variable;
		return [{ ...variable, checked: (value) => buttonValue(address, checked(value), label) }];
	});
	const copyCode = buttons.find(({ type }) => type === 'COPY_CODE');
	if (!copyCode) return variables;
	const place = `Button "${copyCode.text}": the code to copy`;
	return [...variables, textVariable('copy_code', place, undefined, '', MAX_CODE)];
}

/** The variable part of a button's address; WhatsApp allows only one. */
function variableIn({ type, url }: Button): Marker | undefined {
	return type === 'URL' ? markersIn(url)[0] : undefined;
}

function textVariable(
	id: string,
	place: string,
	marker: Marker | undefined,
	text: string,
	maxLength: number,
): Variable {
	const label = labelOf(place, marker, text);
	const name = marker && !isNumbered(marker) ? marker.name : undefined;
	return {
		id,
		label,
		name,
		required: true,
		checked: (value) => checkedText(value, label, maxLength),
	};
}

/** @throws InputError */
function checkedText(text: string, label: string, maxLength: number): string {
	if (text.trim() === '0') {
		throw new InputError(
			`The value "0" for ${label} would arrive as a blank`,
			'WhatsCloud drops a value that is only the digit 0. Write it in another way, for example "zero", "0.00" or "0 points".',
		);
	}
	// The server counts after it has shortened white space.
	const length = [...text.trim().replace(/\s+/g, ' ')].length;
	if (length <= maxLength) return text;
	throw new InputError(
		`The value for ${label} has ${counted(length)} characters, but WhatsApp allows at most ${counted(maxLength)}`,
		'Shorten it, or send the rest in another message.',
	);
}

/** Characters of the text shown around a marker. The editor cuts labels after about 25 in all. */
const MAX_BEFORE = 12;
const MAX_AFTER = 30;

/** `Body: …order {{2}} is on its way`, or `name (Body): Hello {{name}}`. */
function labelOf(place: string, marker: Marker | undefined, text: string): string {
	if (marker === undefined) return place;
	const times = markersIn(text).filter(({ name }) => name === marker.name).length;
	const repeated = times > 1 ? ` (${times} times)` : '';
	const before = lastWords(text.slice(0, marker.start).replace(/\s+/g, ' ').trimStart());
	const after = firstWords(text.slice(marker.end).replace(/\s+/g, ' ').trimEnd(), MAX_AFTER);
	const start = isNumbered(marker) ? place : `${marker.name} (${place})`;
	return `${start}: ${before}{{${marker.name}}}${after}${repeated}`;
}

function lastWords(text: string): string {
	const characters = [...text];
	if (characters.length <= MAX_BEFORE) return text;
	const cut = characters.slice(-MAX_BEFORE).join('');
	return `…${cut.replace(/^\S* (?=\S)/, '')}`;
}
