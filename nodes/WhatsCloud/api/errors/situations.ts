import { isObject } from '../../checks/json';
import { quoted } from '../../checks/text';
import type { Body } from '../envelope';
import { errorTexts, metaError, retryAfterMs } from '../envelope';
import type { ApiRequest, ApiResponse, Method, NetworkFailure } from '../http';
import type { Explanation, Outcome } from './ApiError';
import { ApiError } from './ApiError';
import {
	after,
	codeSentence,
	duration,
	excerpt,
	FAILURE_ADVICE,
	fieldLabel,
	isHtml,
	isRawKey,
	nounOf,
	readable,
	sentence,
} from './words';

export interface Ending {
	/** Absent when no complete answer came. */
	response?: ApiResponse;
	/** Absent when the answer is not a JSON object. */
	body?: Body;
	failure?: NetworkFailure;
}

type Asked = Pick<ApiRequest, 'method' | 'path' | 'body'>;

interface Situation extends Omit<Explanation, 'outcome'> {
	when: boolean;
	/** Where the usual one would be wrong. */
	outcome?: Outcome;
}

const CHECK_BASE_URL =
	'In the WhatsCloud credential, enter the base URL that WhatsCloud shows under API management, usually https://whatscloud.pro/api/v1/';

const NEW_TOKEN =
	'In WhatsCloud, open the system settings, then API management, generate a new token and save. Then paste it into the WhatsCloud credential in n8n.';

const TEMPLATE_CAUSES =
	'Usual causes: a value for a variable or button is missing or has the wrong form; this version of WhatsCloud does not pass on the variable of a button; WhatsApp has paused the template; the number has no WhatsApp.';

const ASK_NETWORK =
	'ask who looks after the network of n8n: a proxy, a firewall or a virus scanner may stand in between';

const LATER = "Try again later. If it stays like this, ask WhatsCloud's support.";

/** Checks that stand before the handler answer with these, and so do proxies that pass nothing on. */
const BEFORE_HANDLER = [401, 403, 404, 405, 413, 429];

const NO_RESPONSE: ApiResponse = { status: 0, headers: {}, text: '' };

/**
 * Every situation that is told to people, in the words of the editor's screens: labels of fields, options and
 * operations. Decided by status and keys, never by the server's wording, which is translated (quirk 33). The
 * first that is so speaks.
 */
function situationOf(request: Asked, ending: Ending): Explanation {
	const { response = NO_RESPONSE, body = {}, failure } = ending;
	const { status, headers, text } = response;
	const { method, path } = request;
	const noun = nounOf(path);
	const isSend = path.startsWith('messages/');
	const isTemplate = path === 'messages/template';
	const errors = errorTexts(body);
	const [firstError, ...otherErrors] = fieldErrors(errors);
	/** The status of an answer of WhatsCloud's own code, and of no proxy or framework in front of it; else 0. */
	const own = body.status === 'error' || errors.size > 0 ? status : 0;
	const { message = '' } = body;
	/** The server's own words, to follow a title. Never `error`, which may hold database text (quirk 36). */
	const reason = own && !isRawKey(message) ? after(message) : '';
	const meta = isSend ? metaError(body) : undefined;
	const lacking = unknownFields(body);
	const ability = missingAbility({ status, body });
	const waitMs = retryAfterMs(ending) ?? 0;
	const again = waitMs > 0 ? `WhatsCloud takes requests again in ${duration(waitMs)}. ` : '';
	const came = failure ? 'no complete answer came' : cameIn(response, reason);
	const isElsewhere = status < 400 || status === 404 || status === 405 || isPage(response);
	/** The answer shows that it is none of WhatsCloud's API. */
	const isStrange = !failure && !own && isElsewhere;
	const isRefusal = BEFORE_HANDLER.includes(status) || (own >= 400 && own < 500);
	const usualOutcome = method === 'GET' || failure?.neverSent || isRefusal ? 'refused' : 'unknown';

	const situations: Situation[] = [
		// No complete answer came.
		{
			when: failure?.cancelled === true,
			title: 'The execution was cancelled',
			description: 'WhatsCloud may have carried out what was under way, although no answer came.',
		},
		{
			when: failure?.proxy !== undefined,
			title: 'The proxy that n8n uses does not connect it to WhatsCloud',
			description: `Nothing was sent. The proxy ${failure?.proxy?.status ? `answered with error ${failure.proxy.status}` : 'gave no answer'}. It is set with the environment variable HTTPS_PROXY, HTTP_PROXY or ALL_PROXY: ask whoever looks after n8n to let it through to this server.`,
		},
		{
			when: failure?.kind === 'certificate',
			title: 'n8n does not trust the certificate of the server',
			description: `Nothing was sent. The certificate has expired, is for another address, or is signed by nobody whom n8n knows. If the server is your own, renew it, or name its file in n8n's environment variable NODE_EXTRA_CA_CERTS. If it is not, ${ASK_NETWORK}.`,
		},
		{
			// n8n's helper for credential tests does not tell that nothing was sent; of reading it makes no difference.
			when: failure?.kind === 'encryption' && (failure.neverSent || method === 'GET'),
			title: 'The server does not speak https://',
			description: `Nothing was sent. Does the base URL in the WhatsCloud credential begin with http:// or with https://? Without either, https:// is meant, as WhatsCloud has it; the sandbox has http://. Check the port, too. If all is right, ${ASK_NETWORK}.`,
		},
		{
			when: failure?.neverSent === true,
			title: "WhatsCloud can't be reached",
			description: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, check the internet connection of the computer that n8n runs on, and whether the settings of n8n forbid this address. If the server is your own, such as the sandbox, start it, and check its port.`,
		},
		{
			when: failure !== undefined && method !== 'POST',
			title: 'WhatsCloud gave no complete answer',
			description:
				'It took too long, broke off, or was far larger than any answer should be, also when tried again. Try later, or raise Options > Timeout.',
		},

		// Before the request reaches its handler.
		{
			// Quirk 12: status 500, or 400 in newer versions.
			when: isUnknownTenant({ body }),
			title: 'WhatsCloud does not know this subdomain',
			description:
				'In the WhatsCloud credential, correct the subdomain: the word after /api/v1/ in the addresses that WhatsCloud shows under API management.',
			outcome: 'refused',
		},
		{
			when: status === 401,
			title: `WhatsCloud refuses the API token${reason}`,
			description: `The token in the credential is wrong, or a newer one has replaced it. ${NEW_TOKEN}`,
		},
		{
			when: ability !== undefined,
			title: `The API token lacks the permission "${ability}"`,
			description: `Tokens that were made before an update of WhatsCloud lack the newer permissions. ${NEW_TOKEN}`,
		},
		{
			when: status === 429,
			title: 'The rate limit of your WhatsCloud account is used up',
			description: `Nothing was sent. ${again}All programs that use the account share the limit, usually 60 requests a minute, and perhaps one for a day or month. With Options > When Rate Limited set to "Wait and Continue", the node waits by itself, unless that takes more than 2 hours.`,
		},
		{
			when: status === 413,
			title: 'This is too large for the WhatsCloud server',
			description:
				'The server took nothing of it. Shorten the texts. A file can be made smaller, or sent by a public URL.',
		},

		// Sends: contract section 6.
		{
			when: status === 403 && body.error_code === 'CONTACT_OPTED_OUT',
			title: 'The contact has opted out of receiving messages',
			description:
				'Nothing was sent. WhatsCloud sends to this contact again when the person writes the word to opt in, or when somebody takes the opt-out back in WhatsCloud.',
		},
		{
			// Also where the account has no API settings: of a list no record can be missing.
			when: own === 403 || (own === 404 && !path.includes('/')),
			title: `WhatsCloud does not allow this${reason}`,
			description:
				'Check in WhatsCloud: is the API switched on (system settings, API management)? Is the subscription active? Has the plan reached its limit of contacts or conversations?',
		},
		{
			// Quirk 16: an empty 200, as text/html. An uploaded file needs no download.
			when:
				path === 'messages/media' &&
				status === 200 &&
				text.trim() === '' &&
				!(request.body instanceof FormData) &&
				String(headers['content-type']).includes('text/html'),
			title: 'WhatsCloud could not download the file from the media URL',
			description:
				'Nothing was sent. The address must work for everybody: open it in a private browser window to see. Send a file behind a login with Media Source set to "Binary File".',
			outcome: 'refused',
		},
		{
			when: meta !== undefined,
			title: `WhatsApp refused the ${isTemplate ? 'template' : 'message'}${after(meta?.message)}`,
			description: [
				'Nothing was sent',
				meta?.details,
				FAILURE_ADVICE[meta?.code ?? 0] ?? (isTemplate ? TEMPLATE_CAUSES : undefined),
			]
				.flatMap((text) => (text ? sentence(text) : []))
				.join(' '),
			outcome: 'refused',
		},
		{
			// Quirk 19. Without a reason, WhatsApp's refusal can't be told from a failure after the message left.
			when: isSend && errors.has('whatsapp'),
			title:
				'It is not known whether this message was sent: WhatsCloud says that WhatsApp refused the template, and gives no reason',
			description: `As a rule, nothing was sent. ${TEMPLATE_CAUSES} Look in WhatsCloud whether the message is there, and repeat this item only if it is missing.`,
			outcome: 'unknown',
		},
		{
			when: errors.has('template') || errors.has('template_fields'),
			title: `This template can't be sent${after(errors.get('template') ?? errors.get('template_fields'))}`,
			description:
				'Nothing was sent. The template must be in WhatsCloud in exactly this language, approved by WhatsApp, and have a value for every variable. Load the templates from WhatsApp again in WhatsCloud, then choose it anew. If this version of WhatsCloud makes no one-time codes, make the code in the workflow.',
		},
		{
			when: isSend && own === 404,
			title: `WhatsCloud has no contact with this phone number${reason}`,
			description:
				'Nothing was sent. Create the contact first, or fill in a field of "Contact If New" so that WhatsCloud creates it with the message.',
		},
		{
			// Not connected, or a file that is refused: told apart only by the server's text.
			when: isSend && errors.size === 0 && (own === 422 || own === 503),
			title: `WhatsCloud refuses the message${reason}`,
			description:
				'Nothing was sent. Check in WhatsCloud that your WhatsApp number is connected. For a file, check its type and size.',
			outcome: 'refused',
		},

		// Input.
		{
			// Every update fails as long as this setting stands.
			when: lacking.includes('assignee'),
			title:
				'WhatsCloud can\'t change contacts through its API as long as "Auto Lead" assigns them to a user',
			description:
				'Nothing was changed. Take the assigned user out of the settings of "Auto Lead" in WhatsCloud, or change the contact there.',
			outcome: 'refused',
		},
		{
			when: lacking.length > 0,
			title: `This version of WhatsCloud does not have the field ${lacking.map(fieldLabel).join(', ')} of a ${noun}`,
			description:
				'Nothing was written. Leave the field out; newer versions of WhatsCloud have it.',
			outcome: 'refused',
		},
		{
			when: method === 'DELETE' && own === 400,
			title: `WhatsCloud does not delete this ${noun}${reason}`,
			description: `The default status, and a ${noun} that contacts still have, can't be deleted: make another one the default, or give those contacts another one first.`,
		},
		{
			when: own === 400 || own === 422,
			title: `WhatsCloud refuses the input${after(firstError) || reason}`,
			description: [...otherErrors, inputAdvice(method, errors)].join('\n'),
		},
		{
			// Also a success without the record (quirk 6), which `readRecord` takes for a 404.
			when: own === 404,
			title: `There is no ${noun} with the ID ${path.split('/')[1]}`,
			description: `It may have been deleted. Choose the ${noun} from the list, or check the ID.${reason && sentence(` WhatsCloud says${reason}`)}`,
		},

		// Not WhatsCloud's API, or something in front of it: quirk 34.
		{
			// Quirk 20: to repeat it could create or send a second time.
			when: method === 'POST' && usualOutcome === 'unknown',
			title: `It is not known whether this ${isSend ? 'message was sent' : `${noun} was created`}: ${came}`,
			description: `To avoid doing it twice, the node did not try again. Look in WhatsCloud whether it is there, and repeat this item only if it is missing.${isStrange ? ` If nothing ever arrives there: ${CHECK_BASE_URL}` : ''}`,
		},
		{
			when: isStrange,
			title: `The base URL of the WhatsCloud credential does not lead to WhatsCloud's API: ${came}`,
			description: CHECK_BASE_URL,
		},
	];
	const otherwise: Situation = {
		when: true,
		title: `WhatsCloud has a problem of its own: error ${status}${reason}`,
		description:
			method === 'GET' || status > 500
				? `${again}${LATER}`
				: `A value of this item may be too long, or of a kind that WhatsCloud can't store: the details of this error hold the server's own words. If the values are right: ${LATER}`,
	};
	return { outcome: usualOutcome, ...(situations.find(({ when }) => when) ?? otherwise) };
}

const CHOOSE_LABELS =
	'Choose a status and a source that your account has. WhatsCloud looks at these first, so other fields may be wrong too.';

/** What to do about a field that is refused. */
const FIELD_ADVICE: Record<string, string> = {
	status_id: CHOOSE_LABELS,
	source_id: CHOOSE_LABELS,
	// Quirk 10.
	type: 'Older versions of WhatsCloud accept only the type "Lead" here, and only the newest the type "Guest"; others can then be given only in WhatsCloud itself.',
	media_file:
		'The file may be larger than this WhatsCloud server takes: make it smaller, or send it by a public URL.',
	phone:
		'Each contact needs a phone number of its own: give it one under Update Fields > Phone, or use the operation "Create or Update" for the contact that has the number.',
	email:
		"No two contacts may have the same e-mail address, and older versions of WhatsCloud can't remove one: leave it out, or change the contact that has it.",
	name: 'Names must be unique; the operation "Get Many" lists the existing ones.',
};

function inputAdvice(method: Method, errors: Map<string, string[]>): string {
	// All known versions refuse such a status in an update alone (quirk 9).
	if (errors.has('status_id') && method === 'PUT')
		return 'In an update WhatsCloud takes no status whose ID is above 50, neither yours nor that of "Auto Lead". Nothing was changed. Set the status in WhatsCloud itself, or choose another one in the settings of "Auto Lead".';
	const advice = new Set([...errors.keys()].flatMap((field) => FIELD_ADVICE[field] ?? []));
	return advice.size > 0 ? [...advice].join(' ') : 'Correct the value and run again.';
}

/** What is wrong with which field, in the server's words. */
function fieldErrors(errors: Map<string, string[]>): string[] {
	return [...errors].map(([field, texts]) => {
		const said = texts.map(readable).join(' ');
		return field === '' ? said : `${fieldLabel(field)}: ${said}`;
	});
}

/** The fields of a write that the server does not have: it checks them before it writes anything. */
function unknownFields({ error }: Body): string[] {
	const named = /fillable property \[([^\]]{1,200})\]/.exec(String(error));
	return named?.[1]?.split(/,\s*/) ?? [];
}

/** The subdomain in the credential is wrong, although the status may say that the server is (quirk 12). */
export function isUnknownTenant({ body }: { body?: unknown }): boolean {
	return isObject(body) && body.errors === 'Invalid tenant subdomain';
}

/** The permission that a 403 names, such as `contacts.read` (quirk 35). */
export function missingAbility(answer: { status?: number; body?: unknown }): string | undefined {
	if (answer.status !== 403 || !isObject(answer.body)) return undefined;
	const ability = /\b[a-z]+\.(create|read|update|delete|send)\b/;
	return ability.exec(String(answer.body.message))?.[0];
}

/** What came in place of a good answer. */
function cameIn({ status, headers, text }: ApiResponse, reason: string): string {
	if (status >= 300 && status < 400)
		return `the server wants to send the request on to another address (${quoted(headers.location ?? 'not named')}), where the token was not sent`;
	if (isPage({ status, text })) return `a web page answers, "${excerpt(text)}"`;
	if (status >= 400) return `the server answered with error ${status}${reason}`;
	return text.trim() === '' ? 'the answer was empty' : `the answer is broken, "${excerpt(text)}"`;
}

/** A login page, or that of a firewall, and not of a gateway that does not reach the server. */
function isPage({ status, text }: Pick<ApiResponse, 'status' | 'text'>): boolean {
	return status < 500 && isHtml(text);
}

const MAYBE_DONE = ' It may have been done all the same; to run this item again does no harm.';

/** n8n stores the details of every error with the execution. */
const MAX_DETAILS = 20_000;

/** The error for a request that did not succeed. */
export function errorFor(request: Asked, ending: Ending): ApiError {
	const { response, body, failure } = ending;
	const { title, description: advice, outcome } = situationOf(request, ending);
	const isRepeatable = request.method !== 'POST' && !failure?.cancelled;
	const more =
		(outcome === 'unknown' && isRepeatable ? MAYBE_DONE : '') + codeSentence(failure?.code);
	const description = more === '' ? advice : sentence(advice) + more;
	const { status, text = '' } = response ?? {};
	const details = body && text.length <= MAX_DETAILS ? body : excerpt(text);
	const ended = { status, body: response && details, failure };
	return new ApiError(request, { title, description, outcome }, ended);
}

/** The error for a record that is not there, also where the server calls that a success (quirk 6). */
export function notFoundError(request: Asked): ApiError {
	return errorFor(request, {
		response: { ...NO_RESPONSE, status: 404 },
		body: { status: 'error' },
	});
}
