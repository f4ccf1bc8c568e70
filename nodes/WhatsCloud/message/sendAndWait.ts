import { randomUUID } from 'crypto';

import { fixedCollection, optionsWith, shownFor } from '../fields/collections';
import { choice, dateTime, emptyError, notice, numeric, optionalText } from '../fields/values';
import { InputError } from '../checks/text';
import { isObject, objectOf } from '../checks/json';
import type { Field, ItemContext, Question, Values } from '../operation';
import { operation } from '../operation';
import { contactIfNew, freeMessageNotice, messageText, phoneNumberFor, lane, send } from './send';
import { sendFilled } from './sendTemplate';
import { filledTemplate, template, templateLanguage, templateVariables } from '../template/choose';

const MAX_WORDS = 300;

const sendAs = choice({
	displayName: 'Send As',
	options: [
		{ name: 'Template', value: 'template', description: 'Reaches people at any time' },
		{ name: 'Text', value: 'text', description: 'Free words, within the 24 hours' },
	] as const,
	default: 'text',
	description: 'What kind of message carries the question',
});

const text = messageText({
	displayName: 'Message',
	placeholder: 'e.g. May we deliver on Friday? Please answer here: {link}',
	description:
		'The question. The link to the answer page takes the place of a {link} that is typed here, or stands at the end.',
});

const message = shownFor({ sendAs: ['text'] }, {
	...text,
	read: (value, label, item): string => {
		const question = text.read(withLink(item.parameters.message, value, item), label, item);
		const link = item.answerLink();
		return question.includes(link) ? question : text.read(`${question}\n\n${link}`, label, item);
	},
} satisfies Field<string>);

const responseType = choice({
	displayName: 'Response Type',
	options: [
		{ name: 'Approval', value: 'approval', description: 'With buttons on a page' },
		{ name: 'Free Text', value: 'freeText', description: 'In words, in a box on a page' },
	] as const,
	default: 'approval',
	description: 'How the person answers',
});

/** The words on the page that the user may replace, in any language. */
const USUAL = {
	approveLabel: 'Approve',
	disapproveLabel: 'Decline',
	answerLabel: 'Your answer',
	buttonLabel: 'Send',
	thankYou: 'Thank you. Your answer has arrived. You can close this page.',
	pageTitle: 'Your answer, please',
};

function words(name: keyof typeof USUAL, displayName: string, description: string) {
	const text = optionalText({ displayName, maxLength: MAX_WORDS, description });
	return { ...text, property: { ...text.property, default: USUAL[name] } };
}

const approvalOptions = shownFor(
	{ responseType: ['approval'] },
	fixedCollection({
		displayName: 'Approval Options',
		placeholder: 'Add option',
		description: 'The buttons on the page; one to approve and one to decline if left out',
		fields: {
			approvalType: choice({
				displayName: 'Type of Approval',
				options: [
					{ name: 'Approve and Decline', value: 'double', description: 'Two buttons' },
					{ name: 'Approve Only', value: 'single', description: 'One button' },
				] as const,
				default: 'double',
				description: 'Which buttons the page has',
			}),
			approveLabel: words(
				'approveLabel',
				'Approve Button Label',
				'What the button to approve says',
			),
			disapproveLabel: shownFor(
				{ approvalType: ['double'] },
				words('disapproveLabel', 'Decline Button Label', 'What the button to decline says'),
			),
		},
	}),
);

/** The names and values are those of n8n's own "Send and Wait for Response". */
const waitTime = fixedCollection({
	displayName: 'Limit Wait Time',
	description: 'How long to wait for the answer; the end may come up to a minute late',
	fields: {
		noAnswerNotice: notice(
			'When nobody answers in time, the input item comes out with <code>data.outcome</code> <code>noAnswer</code>; otherwise it is <code>approved</code>, <code>declined</code> or <code>answered</code>. Let a <b>Switch</b> node tell them apart.',
			'What comes out when nobody answers',
		),
		limitType: choice({
			displayName: 'Limit Type',
			options: [
				{ name: 'After Time Interval', value: 'afterTimeInterval' },
				{ name: 'At Specified Time', value: 'atSpecifiedTime' },
			] as const,
			default: 'afterTimeInterval',
			description: 'Whether to wait for some time from the sending on, or until a date and time',
		}),
		resumeAmount: shownFor(
			{ limitType: ['afterTimeInterval'] },
			numeric({
				displayName: 'Amount',
				default: 45,
				typeOptions: { minValue: 0.001, numberPrecision: 2 },
				description: 'How many minutes, hours or days to wait, such as 1.5',
			}),
		),
		resumeUnit: shownFor(
			{ limitType: ['afterTimeInterval'] },
			choice({
				displayName: 'Unit',
				options: [
					{ name: 'Days', value: 'days' },
					{ name: 'Hours', value: 'hours' },
					{ name: 'Minutes', value: 'minutes' },
				] as const,
				default: 'minutes',
				description: 'The unit of the amount',
			}),
		),
		maxDateAndTime: shownFor(
			{ limitType: ['atSpecifiedTime'] },
			dateTime({ displayName: 'Max Date and Time', description: 'When the wait ends' }),
		),
	},
});

/** One that is added and left empty would be no limit, and nobody would know. */
const limitWaitTime = {
	...waitTime,
	read: (value: unknown, label: string, item: ItemContext) => {
		const limit = waitTime.read(value, label, item);
		if (limit) return limit;
		throw emptyError(label, 'Choose how long to wait, or remove the option.');
	},
};

const inFreeText = { '/responseType': ['freeText'] };

const options = optionsWith({
	limitWaitTime,
	pageTitle: optionalText({
		displayName: 'Page Title',
		maxLength: MAX_WORDS,
		description: `The heading of the answer page, "${USUAL.pageTitle}" if left out`,
	}),
	answerLabel: shownFor(inFreeText, words('answerLabel', 'Answer Label', 'Above the text box')),
	buttonLabel: shownFor(inFreeText, words('buttonLabel', 'Button Label', 'On the button below')),
	thankYou: words('thankYou', 'Thank You', 'What the page says after the answer'),
});

const inTemplate = { sendAs: ['template'] };

/** The link stands in the variables in which the user typed `{link}`. */
const variables: Field<Record<string, unknown>> = {
	...templateVariables,
	read: (value, label, item) => {
		const typed = objectOf(objectOf(item.parameters.templateVariables).value);
		const values = Object.entries(templateVariables.read(value, label, item)).map(
			([name, given]) => [name, withLink(typed[name], given, item)] as const,
		);
		const link = item.answerLink();
		if (values.some(([, given]) => typeof given === 'string' && given.includes(link)))
			return Object.fromEntries(values);
		throw new InputError(
			'No variable of the template has the place for the link',
			'Nothing was sent. Type {link} into the variable that is to hold the address of the answer page.',
		);
	},
};

const fields = {
	phoneNumber: phoneNumberFor('template'),
	sendAs,
	freeMessageNotice: shownFor(
		{ sendAs: ['text'] },
		freeMessageNotice('set <b>Send As</b> to Template'),
	),
	message,
	template: shownFor(inTemplate, template),
	templateLanguage: shownFor(inTemplate, templateLanguage),
	templateVariables: shownFor(inTemplate, variables),
	responseType,
	approvalOptions,
	contactIfNew,
	options,
};

type Params = Values<typeof fields>;

export const sendAndWait = operation({
	value: 'sendAndWait',
	name: 'Send and Wait for Response',
	action: 'Send a message and wait for a response',
	description:
		'Send a question with a link, and pause the workflow until it is answered on the page behind the link',
	kind: 'write',
	fields,
	lane,
	check: async ({ api, params }) => {
		if (endOfWait(params).getTime() <= Date.now()) {
			throw new InputError(
				'The wait for the answer would end before it begins',
				'Nothing was sent. Set Options > Limit Wait Time > Max Date and Time to a moment in the future.',
			);
		}
		return params.template && (await filledTemplate(api, { ...params, template: params.template }));
	},
	run: async (call, filled) => {
		const { params } = call;
		call.keepQuestion(question(params, filled?.text ?? params.message ?? ''));
		return filled
			? await sendFilled(call, filled)
			: await send(call, 'messages/send', { message_body: params.message });
	},
	waitUntil: endOfWait,
});

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
/** n8n's own moment for waiting without a limit. */
const FOR_EVER = new Date('3000-01-01T00:00:00.000Z');

function endOfWait({ options: { limitWaitTime: limit } }: Params): Date {
	if (!limit) return FOR_EVER;
	const { maxDateAndTime, resumeAmount: amount = Infinity, resumeUnit = 'minutes' } = limit;
	const end = Date.now() + amount * UNIT_MS[resumeUnit];
	return maxDateAndTime ?? new Date(Math.min(end, FOR_EVER.getTime()));
}

function question({ responseType, approvalOptions, options: own }: Params, text: string): Question {
	const { approvalType, approveLabel, disapproveLabel } = approvalOptions ?? {};
	const approve = { value: 'true', label: approveLabel ?? USUAL.approveLabel } as const;
	const decline = { value: 'false', label: disapproveLabel ?? USUAL.disapproveLabel } as const;
	const choices = approvalType === 'single' ? [approve] : [approve, decline];
	const buttons = responseType === 'approval' ? choices : undefined;
	const { pageTitle: title, answerLabel, buttonLabel, thankYou } = { ...USUAL, ...own };
	return { title, text, buttons, answerLabel, buttonLabel, thankYou };
}

/** Where the link is to stand; people write it in several ways. */
const LINK = /\{{1,2}\s{0,9}link\s{0,9}\}{1,2}/gi;
const TOOL_NAME = /\{\{\s{0,9}\$tool\.name\s{0,9}\}\}/g;
const TOOL_INPUT = /\{\{\s{0,9}\$tool\.parameters\s{0,9}\}\}/g;

/**
 * The value of a parameter, with the link where the user typed `{link}`. In what expressions bring, those
 * words stay text: somebody else may have written them. In a human review it also says which tool is to run, and
 * with what: n8n's own expressions give for the name what the model likes, and for the input an object or what
 * the model likes.
 * @param typed the parameter before its expressions were evaluated
 */
function withLink(typed: unknown, value: unknown, item: ItemContext): unknown {
	if (typeof typed !== 'string') return value;
	const { tool, toolParameters } = item.json;
	const places = [{ mark: LINK, id: randomUUID(), put: () => item.answerLink() }];
	if (toolParameters !== undefined) {
		const name = () => toolName(tool, item.reviewedTools());
		places.push({ mark: TOOL_NAME, id: randomUUID(), put: name });
		places.push({ mark: TOOL_INPUT, id: randomUUID(), put: () => listed(toolParameters) });
	}
	const marked = places.reduce((text, { mark, id }) => text.replace(mark, id), typed);
	const evaluated = marked === typed ? value : item.evaluated(marked);
	if (typeof evaluated !== 'string') return evaluated;
	return places.reduce((text, { id, put }) => text.replaceAll(id, put), evaluated);
}

/** The tool that is connected; where it has another name or there are several, also what the model calls it. */
function toolName(claimed: unknown, connected: string[]): string {
	const sameName = (name: string) => name.replace(/[^\w-]+/g, '_') === claimed;
	const said = claimed === undefined ? '' : ` (${onOneLine(claimed)})`;
	return connected.find(sameName) ?? connected.join(' or ') + said;
}

function listed(input: unknown): string {
	if (!isObject(input)) return onOneLine(input);
	return Object.entries(input)
		.map(([name, value]) => `${onOneLine(name.replaceAll('_', ' '))}: ${onOneLine(value)}`)
		.join('\n');
}

/** A model's text, which must not look like a further line, or turn the order of its signs around. */
function onOneLine(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
	return text
		.replace(/[\s\u0085]+/g, (blanks) => (/[^ \t\u00a0]/.test(blanks) ? ' ⏎ ' : ' '))
		.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
}
