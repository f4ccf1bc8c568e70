import type { IDataObject } from 'n8n-workflow';

import { runOptionsWith } from '../fields/runOptions';
import { fixedCollection, shownFor } from '../fields/collections';
import { choice, optionalText } from '../fields/values';
import { InputError } from '../checks/InputError';
import { isObject } from '../checks/json';
import type { Call, Field, Question, Values } from '../operation';
import { operation } from '../operation';
import { checkText } from './messageText';
import { contactIfNew, phoneNumberFor, recipientLane, send } from './send';
import { sendFilled } from './sendTemplate';
import {
	filledTemplate,
	template,
	templateLanguage,
	templateVariables,
} from '../template/templateFields';
import { checkEndOfWait, endOfWait, limitWaitTime } from './waitingTime';

/** Stands in the message where the address of the answer page goes. */
const LINK = '{link}';
const MAX_LABEL = 60;
const MAX_TITLE = 120;

const sendAs = choice({
	displayName: 'Send As',
	options: [
		{
			name: 'Template',
			value: 'template',
			description: 'An approved template, which reaches people at any time',
		},
		{
			name: 'Text',
			value: 'text',
			description:
				"A free text, which WhatsApp delivers within 24 hours of the contact's last message",
		},
	] as const,
	default: 'text',
	description: 'What kind of message carries the question',
});

const message: Field<string | undefined> = shownFor(
	{ sendAs: ['text'] },
	{
		property: {
			displayName: 'Message',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			required: true,
			placeholder: 'e.g. May we deliver on Friday? Please answer here: {link}',
			description:
				'The question, with {link} where the link to the answer page stands. Without it the link stands at the end.',
		},
		read: (value, _label, { json }) =>
			checkText(typeof value === 'string' ? withToolInput(value, json) : value),
	},
);

/**
 * Human review of an agent's tool: n8n's own message ends with the tool's input, but shows it as nothing or
 * as "[object Object]". The person who approves has to see it.
 */
function withToolInput(text: string, { toolParameters: input }: IDataObject): string {
	const shownAsNothing = /(?<=Input:\s*)(?:\[object Object\]\s*)?$/;
	if (!isObject(input) || !shownAsNothing.test(text)) return text;
	const lines = Object.entries(input).map(
		([name, value]) =>
			`${name.replaceAll('_', ' ')}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
	);
	return text.replace(shownAsNothing, () => lines.join('\n'));
}

const responseType = choice({
	displayName: 'Response Type',
	options: [
		{ name: 'Approval', value: 'approval', description: 'The page behind the link has buttons' },
		{
			name: 'Free Text',
			value: 'freeText',
			description: 'The page behind the link has a text box',
		},
	] as const,
	default: 'approval',
	description: 'How the person answers',
});

function label(displayName: string, otherwise: string, description: string) {
	const text = optionalText({ displayName, maxLength: MAX_LABEL, description });
	return { ...text, property: { ...text.property, default: otherwise } };
}

const approvalOptions = shownFor(
	{ responseType: ['approval'] },
	fixedCollection({
		displayName: 'Approval Options',
		placeholder: 'Add option',
		description: 'The buttons on the page; one to approve if left out',
		fields: {
			approvalType: choice({
				displayName: 'Type of Approval',
				options: [
					{ name: 'Approve and Decline', value: 'double', description: 'Two buttons' },
					{ name: 'Approve Only', value: 'single', description: 'One button' },
				] as const,
				default: 'single',
				description: 'Which buttons the page has',
			}),
			approveLabel: label('Approve Button Label', 'Approve', 'What the button to approve says'),
			disapproveLabel: shownFor(
				{ approvalType: ['double'] },
				label('Decline Button Label', 'Decline', 'What the button to decline says'),
			),
		},
	}),
);

const options = runOptionsWith({
	limitWaitTime,
	pageTitle: optionalText({
		displayName: 'Page Title',
		maxLength: MAX_TITLE,
		placeholder: 'e.g. Your order 1001',
		description: 'The heading of the answer page, "Your answer, please" if left out',
	}),
});

const inTemplate = { sendAs: ['template'] };

const fields = {
	phoneNumber: phoneNumberFor('template'),
	sendAs,
	message,
	template: shownFor(inTemplate, template),
	templateLanguage: shownFor(inTemplate, templateLanguage),
	templateVariables: shownFor(inTemplate, templateVariables),
	responseType,
	approvalOptions,
	contactIfNew,
	options,
};

type Params = Values<typeof fields>;
type Asking = Call<typeof fields>;
type Picked = NonNullable<Params['template']>;

export const sendAndWait = operation({
	value: 'sendAndWait',
	name: 'Send and Wait for Response',
	action: 'Send a message and wait for a response',
	description:
		'Send a question with a link, and pause the workflow until it is answered on the page behind the link',
	kind: 'write',
	fields,
	lane: recipientLane,
	check: async (call) => {
		checkEndOfWait(call.params.options.limitWaitTime);
		const { template: picked } = call.params;
		if (picked) await filled(call, picked);
	},
	run: async (call) => {
		const { template: picked } = call.params;
		return await (picked ? askByTemplate(call, picked) : askByText(call));
	},
	waitUntil: (params) => endOfWait(params.options.limitWaitTime),
});

/** @throws InputError for a text that is too long with the link in it */
async function askByText(call: Asking): Promise<IDataObject> {
	const { message: text = '' } = call.params;
	const withPlace = text.includes(LINK) ? text : `${text}\n\n${LINK}`;
	const link = call.answerLink(question(call.params, text));
	return await send(call, 'messages/send', {
		message_body: checkText(withPlace.replaceAll(LINK, link)),
	});
}

async function askByTemplate(call: Asking, picked: Picked): Promise<IDataObject> {
	const { text } = await filled(call, picked);
	const link = call.answerLink(question(call.params, text));
	return await sendFilled(call, await filled(call, picked, link));
}

/** @throws InputError when no variable has the place for the link */
async function filled({ api, params }: Asking, picked: Picked, link = LINK) {
	const { templateLanguage: language, templateVariables: given = {} } = params;
	const values = Object.entries(given).map(([name, value]): [string, unknown] => [
		name,
		typeof value === 'string' ? value.replaceAll(LINK, link) : value,
	]);
	if (!Object.values(given).some((value) => typeof value === 'string' && value.includes(LINK))) {
		throw new InputError(
			'No variable of the template has the place for the link',
			`Nothing was sent. Write ${LINK} into the variable that is to hold the address of the answer page.`,
		);
	}
	return await filledTemplate(api, {
		template: picked,
		templateLanguage: language,
		templateVariables: Object.fromEntries(values),
	});
}

function question(params: Params, text: string): Question {
	const { responseType: type, approvalOptions: given, options: own } = params;
	return {
		title: own.pageTitle ?? 'Your answer, please',
		text: text.replaceAll(LINK, '').trim(),
		...(type === 'approval' ? { buttons: buttons(given) } : {}),
	};
}

function buttons(given: Params['approvalOptions']): Question['buttons'] {
	const { approvalType, approveLabel = 'Approve', disapproveLabel = 'Decline' } = given ?? {};
	const approve = { value: 'true', label: approveLabel } as const;
	return approvalType === 'double'
		? [approve, { value: 'false', label: disapproveLabel }]
		: [approve];
}
