import { fixedCollection } from '../../fields/fixedCollection';
import { runOptionsWith } from '../../fields/runOptions';
import { choice, optionalText, shownFor } from '../../fields/values';
import type { Call, Field, Question, Values } from '../../operation';
import { operation } from '../../operation';
import { checkText } from '../../whatsapp/messageText';
import { contactIfNew, phoneNumberFor, recipientFields, recipientLane } from './recipient';
import { send } from './sendRequest';
import { endOfWait, limitWaitTime } from './waitingTime';

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
		read: checkText,
	},
);

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

const label = (displayName: string, otherwise: string, description: string) => ({
	...optionalText({ displayName, maxLength: MAX_LABEL, description }),
	property: {
		...optionalText({ displayName, maxLength: MAX_LABEL, description }).property,
		default: otherwise,
	},
});

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

const fields = {
	phoneNumber: phoneNumberFor('template'),
	sendAs,
	message,
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
	lane: recipientLane,
	check: async ({ params }) => {
		endOfWait(params.options.limitWaitTime);
		await Promise.resolve();
	},
	run: async (call) => {
		const { api, params } = call;
		return await send(api, 'messages/send', {
			...recipientFields(params),
			message_body: textWithLink(call),
		});
	},
	waitUntil: (params) => endOfWait(params.options.limitWaitTime),
});

/** @throws InputError for a text that is too long with the link in it */
function textWithLink({ params, answerLink }: Call<typeof fields>): string {
	const { message: text = '' } = params;
	const link = answerLink(question(params, text));
	return checkText(text.includes(LINK) ? text.replaceAll(LINK, link) : `${text}\n\n${link}`);
}

function question(
	{ responseType: type, approvalOptions: given, options: { pageTitle } }: Params,
	text: string,
): Question {
	return {
		title: pageTitle ?? 'Your answer, please',
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
