import { z } from 'zod';

import type { Explanation, Outcome } from './ApiError';
import type { Body } from '../envelope';
import { errorTexts } from '../envelope';
import { duration, excerpt, fieldLabel, isHtml, readable, sentence } from './readableText';
import type { ApiRequest, ApiResponse } from '../http';
import { fromJsonText, isObject } from '../../checks/json';
import { TRANSIENT_STATUSES } from '../retry';
import { failureAdvice } from './failureAdvice';

const IN_CREDENTIAL = 'In the WhatsCloud credential';

export const CHECK_BASE_URL = `${IN_CREDENTIAL}, enter the base URL that WhatsCloud shows under API management, usually https://whatscloud.pro/api/v1/`;

const NEW_TOKEN =
	'In WhatsCloud, open the system settings, then API management, generate a new token and save. Then paste it into the WhatsCloud credential in n8n.';

interface Answer extends ApiResponse {
	request: ApiRequest;
	/** Absent when the answer is not a JSON object. */
	body: Body | undefined;
}

/** An answer with what the conditions ask for. */
interface Facts extends Answer {
	isSend: boolean;
	/** What the request is about: `contact`. */
	noun: string;
	/** The server's texts by field. */
	errors: Map<string, string[]>;
	/** The server's own words, to follow a title. Never `error`, which may hold database text (quirk 36). */
	reason: string;
}

interface Condition {
	when(facts: Facts): boolean;
	say(facts: Facts): Pick<Explanation, 'title' | 'description'> & Partial<Explanation>;
}

const ABILITY =
	/\b(?:contacts|statuses|sources|groups|templates|templatebots|messagebots|messages)\.[a-z]+\b/;

/**
 * Puts the contract's table of errors (section 2) into the words of the editor's screens: labels of fields,
 * options and operations. Decides by status and keys, never by the server's wording, which is translated
 * (quirk 33). The first condition that holds speaks.
 */
export function explainAnswer(answer: Answer): Explanation {
	const { request, body } = answer;
	const facts: Facts = {
		...answer,
		isSend: isSend(request),
		noun: nounOf(request),
		errors: errorTexts(body ?? {}),
		reason: after(body?.message),
	};
	const say = CONDITIONS.find(({ when }) => when(facts))?.say ?? otherwise;
	return { outcome: mayBeDone(answer.status) ? outcomeOf(request) : 'refused', ...say(facts) };
}

/** What became of a request that the server may have carried out: reading changes nothing. */
export function outcomeOf({ method }: Pick<ApiRequest, 'method'>): Outcome {
	return method === 'GET' ? 'refused' : 'unknown';
}

/** A POST whose effect nobody knows (quirk 20). */
export function uncertain(request: ApiRequest, reason: string): Explanation {
	const subject = isSend(request) ? 'this message was sent' : `this ${nounOf(request)} was created`;
	return {
		title: `It is not known whether ${subject}: ${reason}`,
		description: `To avoid doing it twice, the node did not try again. Look in WhatsCloud whether it is there, and repeat this item only if it is missing.`,
		outcome: 'unknown',
	};
}

const CONDITIONS: Condition[] = [
	{
		// Quirk 12: status 500, or 400 in newer versions.
		when: isUnknownTenant,
		say: () => ({
			title: 'WhatsCloud does not know this subdomain',
			description: `${IN_CREDENTIAL}, correct the subdomain: the word after /api/v1/ in the addresses that WhatsCloud shows under API management.`,
			outcome: 'refused',
		}),
	},
	{
		when: ({ status }) => status === 401,
		say: ({ reason }) => ({
			title: `WhatsCloud refuses the API token${reason}`,
			description: `The token in the credential is wrong, or a newer one has replaced it. ${NEW_TOKEN}`,
		}),
	},
	{
		when: (answer) => missingAbility(answer) !== undefined,
		say: (answer) => ({
			title: `The API token lacks the permission "${missingAbility(answer)}"`,
			description: `Tokens that were made before an update of WhatsCloud lack the newer permissions. ${NEW_TOKEN}`,
		}),
	},
	{
		when: ({ status, body }) => status === 403 && body?.limit_reached === true,
		say: ({ reason }) => ({
			title: `The conversation limit of your WhatsCloud plan is reached${reason}`,
			description: 'Nothing was sent. Upgrade the plan in WhatsCloud, or wait for its next period.',
		}),
	},
	{
		when: ({ status, body }) => status === 403 && body !== undefined,
		say: ({ reason }) => ({
			title: `WhatsCloud does not allow this${reason}`,
			description:
				'Check in WhatsCloud: is the API switched on (system settings, API management)? Is the subscription active? Has the plan reached its limit of contacts?',
		}),
	},
	{
		when: ({ status }) => status === 429,
		say: (answer) => ({
			title: 'The rate limit of your WhatsCloud account is used up',
			description: `${whenAgain(answer)}All programs that use the account share the limit, usually 60 requests a minute. Set Options > When Rate Limited to "Wait and Continue" and the node waits by itself.`,
		}),
	},

	// Sends: contract section 6.
	{
		// Quirk 16: an empty 200, as text/html. An uploaded file needs no download.
		when: ({ request, status, headers, text }) =>
			request.path === 'messages/media' &&
			!(request.body instanceof FormData) &&
			status < 300 &&
			text.trim() === '' &&
			(headers['content-type'] ?? '').includes('text/html'),
		say: () => ({
			title: 'WhatsCloud could not download the file from the media URL',
			description:
				'Nothing was sent. The address must work for everybody: open it in a private browser window to see. A file behind a login can be sent with Media Source set to "Binary File".',
			outcome: 'refused',
		}),
	},
	{
		// Quirk 18.
		when: ({ body, isSend }) => isSend && metaError(body) !== undefined,
		say: ({ body }) => {
			const { message, code, error_data } = metaError(body) ?? {};
			const advice = failureAdvice(code);
			return {
				title: `WhatsApp refused the message: ${message}`,
				description: ['Nothing was sent', error_data?.details, advice]
					.flatMap((text) => (text ? sentence(text) : []))
					.join(' '),
				outcome: 'refused',
			};
		},
	},
	{
		// Quirk 19.
		when: ({ isSend, errors }) => isSend && errors.has('whatsapp'),
		say: ({ errors }) => ({
			title: `WhatsApp refused the template${after(errors.get('whatsapp')) || ' (the server gives no reason)'}`,
			description:
				'Nothing was sent. Usual causes: a value for a variable or button is missing or has the wrong form; the template has a button with a variable that this version of WhatsCloud does not pass on; WhatsApp has paused the template; the number has no WhatsApp.',
			outcome: 'refused',
		}),
	},
	{
		when: ({ status, body, isSend }) => isSend && status === 503 && body?.status === 'error',
		say: ({ reason }) => ({
			title: `WhatsCloud is not connected to WhatsApp${reason}`,
			description: 'Nothing was sent. Connect your WhatsApp number in WhatsCloud, then try again.',
			outcome: 'refused',
		}),
	},
	{
		when: ({ errors }) => errors.has('template'),
		say: ({ errors }) => ({
			title: `This template can't be sent${after(errors.get('template'))}`,
			description:
				'Nothing was sent. The template must be in WhatsCloud in exactly this language, and approved by WhatsApp. Load the templates from WhatsApp again in WhatsCloud, then choose it anew.',
		}),
	},
	{
		when: ({ errors }) => errors.has('template_fields'),
		say: ({ errors }) => ({
			title: `The template needs more values${after(errors.get('template_fields'))}`,
			description:
				'Nothing was sent. Fill in every variable of the template. If WhatsCloud was to make a one-time code: this version of WhatsCloud does not support that; make the code in the workflow and fill it in.',
		}),
	},
	{
		when: isNotSetUp,
		say: () => ({
			title: 'The API is not set up for this WhatsCloud account',
			description: NEW_TOKEN,
		}),
	},
	{
		when: ({ status, body, isSend }) => isSend && status === 404 && body?.status === 'error',
		say: ({ reason }) => ({
			title: `WhatsCloud has no contact with this phone number${reason}`,
			description:
				'Nothing was sent. Create the contact first, or fill in a field of "Contact If New" so that WhatsCloud creates it with the message.',
		}),
	},
	{
		// Not connected, or a file that is refused: told apart only by the server's text.
		when: ({ status, body, isSend }) =>
			isSend && status === 422 && body !== undefined && body.errors === undefined,
		say: ({ reason }) => ({
			title: `WhatsCloud refuses the message${reason}`,
			description:
				'Nothing was sent. Check in WhatsCloud that your WhatsApp number is connected. For a file, check its type and size.',
		}),
	},

	// Input.
	{
		// The first update of every contact fails as long as this setting stands.
		when: ({ body }) => unknownFields(body).includes('assignee'),
		say: () => ({
			title:
				'WhatsCloud can\'t change contacts through its API as long as "Auto Lead" assigns them to a user',
			description:
				'Nothing was changed. In the settings of "Auto Lead" in WhatsCloud, take the assigned user out, or switch "Auto Lead" off; or change the contact in WhatsCloud itself.',
			outcome: 'refused',
		}),
	},
	{
		when: ({ body }) => unknownFields(body).length > 0,
		say: ({ body, noun }) => {
			const fields = unknownFields(body).map(fieldLabel).join(', ');
			return {
				title: `This version of WhatsCloud does not have the field ${fields} of a ${noun}`,
				description:
					'Nothing was written. Leave the field out; newer versions of WhatsCloud have it.',
				outcome: 'refused',
			};
		},
	},
	{
		when: ({ status, body }) => status === 422 && body !== undefined,
		say: (facts) => {
			const [first, ...others] = fieldErrors(facts);
			return {
				title: `WhatsCloud refuses the input: ${first ?? 'no reason given'}`,
				description: [...others, inputAdvice(facts)].join('\n'),
			};
		},
	},
	{
		when: ({ status, body }) => status === 400 && body !== undefined,
		say: ({ request, noun, reason }) => ({
			title: `WhatsCloud does not ${VERBS[request.method]} this ${noun}${reason}`,
			description:
				request.method === 'DELETE'
					? `${noun === 'status' ? "The default status can't be deleted: make another one the default first. " : ''}A ${noun} that contacts still have can't be deleted: give those contacts another one first.`
					: 'Check the values of this item.',
		}),
	},
	{
		when: ({ request, status, body }) =>
			status === 404 && body?.status === 'error' && request.path.includes('/'),
		say: ({ request, reason }) => {
			const { description, ...rest } = notFound(request);
			const said = reason && sentence(` WhatsCloud says${reason}`);
			return { ...rest, description: description + said };
		},
	},

	// Not WhatsCloud's API, or something in front of it: quirk 34.
	{
		when: ({ status }) => status === 413,
		say: () => ({
			title: 'This is too large for the WhatsCloud server',
			description:
				'The server took nothing of it. Shorten the texts. A file can be made smaller, or sent by a public URL.',
		}),
	},
	{
		when: lacksRoute,
		say: ({ request, isSend, noun }) => ({
			title: `This version of WhatsCloud can't ${isSend ? 'send messages' : `${VERBS[request.method]} ${noun === 'status' ? 'statuses' : `${noun}s`}`} through its API`,
			description: `Newer versions can. Do it in WhatsCloud itself, or ask WhatsCloud's support for an update. If nothing else works with this credential either, its base URL is wrong: it usually is https://whatscloud.pro/api/v1/`,
		}),
	},
	{
		when: ({ status }) => status === 404 || status === 405,
		say: () => ({
			title: 'The base URL of the WhatsCloud credential is not the address of the API',
			description: `The server answers that the address does not exist. ${CHECK_BASE_URL}`,
		}),
	},
	{
		when: ({ request, status }) => request.method === 'POST' && mayBeDone(status),
		say: ({ request, status, reason }) =>
			uncertain(
				request,
				status < 300
					? 'the answer was empty or broken'
					: `the server answered with error ${status}${reason}`,
			),
	},
	{
		when: ({ status, text }) => status < 500 && isHtml(text),
		say: ({ text }) => ({
			title: 'The base URL of the WhatsCloud credential leads to a web page, not to the API',
			description: `${CHECK_BASE_URL}. The page says: "${excerpt(text)}".`,
		}),
	},
	{
		when: ({ status }) => status < 300,
		say: ({ text }) => ({
			title: "The answer is not one of WhatsCloud's API",
			description: `${CHECK_BASE_URL}. ${text.trim() === '' ? 'The answer was empty.' : `The answer starts with: "${excerpt(text)}".`}`,
		}),
	},
];

function otherwise(facts: Facts): ReturnType<Condition['say']> {
	const { request, status, reason } = facts;
	const isTransient = TRANSIENT_STATUSES.has(status);
	const what = isTransient ? 'is not available at the moment' : 'has a problem of its own';
	return {
		title: `WhatsCloud ${what}: error ${status}${reason}`,
		description:
			request.method === 'GET' || isTransient
				? `${whenAgain(facts)}Try again later. If it stays like this, ask WhatsCloud's support.`
				: "A value of this item may be too long, or of a kind that WhatsCloud can't store: the details of this error hold the server's own words. If the values are right, try again later, or ask WhatsCloud's support.",
	};
}

const VERBS: Record<ApiRequest['method'], string> = {
	GET: 'show',
	POST: 'create',
	PUT: 'change',
	DELETE: 'delete',
};

/** A record that is not there: 404, or 200 without a record (quirk 6). */
export function notFound(request: ApiRequest): Explanation {
	return {
		title: `There is no ${nounOf(request)} with the ID ${request.path.split('/')[1]}`,
		description: `It may have been deleted. Choose the ${nounOf(request)} from the list, or check the ID.`,
		outcome: 'refused',
	};
}

/** When the server takes requests again, as far as it says so. */
export function whenAgain({ body, headers }: Pick<Answer, 'body' | 'headers'>): string {
	const seconds = Number(body?.retry_after ?? headers['retry-after']);
	return seconds > 0 ? `WhatsCloud takes requests again in ${duration(seconds * 1000)}. ` : '';
}

/** A 2xx without a success body counts: the server may have acted before it broke off. */
function mayBeDone(status: number): boolean {
	return status >= 500 || status < 300;
}

/**
 * The account has no API settings. The answer differs from that for a missing record only in its words,
 * which may be translated; of a list no record can be missing.
 */
function isNotSetUp({ request, status, body }: Answer): boolean {
	if (status !== 404 || body?.status !== 'error') return false;
	return !request.path.includes('/') || /\bAPI settings\b/i.test(body.message ?? '');
}

/**
 * The framework's own answer for a route that this version lacks. Groups could only be read and messages not
 * be sent before the version of August 2025 (contract, section 1); all other routes exist in every version.
 */
function lacksRoute({ request, status, body, isSend, noun }: Facts): boolean {
	if (body === undefined || body.status !== undefined || request.method === 'GET') return false;
	return status === 405 || (status === 404 && (isSend || noun === 'group'));
}

function isSend(request: ApiRequest): boolean {
	return request.path.startsWith('messages/');
}

const NOUNS: Record<string, string> = {
	contacts: 'contact',
	statuses: 'status',
	sources: 'source',
	groups: 'group',
	templates: 'template',
	templatebots: 'template bot',
	messagebots: 'message bot',
	messages: 'message',
};

/** What a request is about: `contact`. */
export function nounOf(request: Pick<ApiRequest, 'path'>): string {
	return NOUNS[request.path.split('/')[0] ?? ''] ?? 'record';
}

/** What the server says, to follow a title: `: Invalid API token`. */
function after(words: string | string[] = ''): string {
	const said = [words].flat().join(', ');
	return said && `: ${readable(said)}`;
}

const metaSchema = z.object({
	error: z.object({
		message: z.string(),
		code: z.number().optional(),
		error_data: z.object({ details: z.string().optional() }).optional(),
	}),
});

/** WhatsApp's own reason, which the server passes on as JSON text in `error` (quirk 18). */
function metaError(body: Body | undefined) {
	return metaSchema.safeParse(fromJsonText(body?.error)).data?.error;
}

/** The subdomain in the credential is wrong, although the status may say that the server is (quirk 12). */
export function isUnknownTenant({ body }: { body?: unknown }): boolean {
	return isObject(body) && body.errors === 'Invalid tenant subdomain';
}

/** The fields of a write that the server does not have: it checks them before it writes anything. */
function unknownFields(body: Body | undefined): string[] {
	const named = /fillable property \[([^\]]{1,200})\]/.exec(String(body?.error));
	return named?.[1]?.split(/,\s*/) ?? [];
}

/** The permission that a 403 names, such as `contacts.read` (quirk 35). */
export function missingAbility({
	status,
	body,
}: {
	status?: number;
	body?: unknown;
}): string | undefined {
	if (status !== 403 || !isObject(body)) return undefined;
	return ABILITY.exec(String(body.message))?.[0];
}

function fieldErrors({ errors, body }: Facts): string[] {
	if (errors.size === 0) return body?.message ? [readable(body.message)] : [];
	return [...errors].map(([field, messages]) => {
		const said = messages.map(readable).join(' ');
		return field === '' ? said : `${fieldLabel(field)}: ${said}`;
	});
}

function inputAdvice({ request, noun, errors }: Facts): string {
	const labels = ['status_id', 'source_id'].filter((field) => errors.has(field));
	if (labels.length > 0) {
		const words = labels.map((field) => fieldLabel(field).toLowerCase()).join(' and ');
		const more =
			labels.length === errors.size
				? ' WhatsCloud looks at status and source first, so more may be wrong.'
				: '';
		return `Choose a ${words} that your account has.${more}`;
	}
	// Quirk 10.
	if (errors.has('type'))
		return 'Older versions of WhatsCloud accept only the type "Lead" here, and only the newest the type "Guest"; others can then be given only in WhatsCloud itself.';
	if (errors.has('media_file'))
		return 'The file may be larger than this WhatsCloud server takes: make it smaller, or send it by a public URL.';
	if (noun === 'contact' && errors.has('phone'))
		return request.method === 'POST'
			? 'No two contacts may have the same phone number. If the contact may be there already, use the operation "Create or Update".'
			: 'No two contacts may have the same phone number. Change or delete the other contact first.';
	if (noun === 'contact' && errors.has('email'))
		return 'No two contacts may have the same e-mail address. Correct it or leave it out, or change the contact that has it.';
	if (errors.has('name'))
		return `Give it another name: no two may have the same. To see those that there are, use the operation "Get Many" of ${noun}.`;
	return 'Correct the value and run again.';
}
