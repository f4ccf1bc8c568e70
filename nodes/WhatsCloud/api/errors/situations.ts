import type { ApiRequest } from '../http';
import { ANSWER_TOO_LARGE, NetworkFailure } from '../http';
import { MAX_BLOCKED_MS, TRANSIENT_STATUSES } from '../retry';
import type { Outcome } from './ApiError';
import { ApiError } from './ApiError';
import type { Ending, Facts } from './facts';
import {
	factsOf,
	fieldErrors,
	isNotSetUp,
	isUnknownTenant,
	lacksRoute,
	missingAbility,
	strangeness,
	unknownFields,
	usualOutcome,
	whatCame,
	whenAgain,
} from './facts';
import { failureAdvice, metaError } from './metaError';
import { after, codeSentence, duration, excerpt, fieldLabel, sentence } from './words';

type Words = string | ((facts: Facts) => string);

interface Situation {
	when(facts: Facts): boolean;
	/** What is wrong, in a sentence. */
	title: Words;
	/** What to do. */
	advice: Words;
	/** Where `usualOutcome` would be wrong. */
	outcome?: Outcome;
}

const IN_CREDENTIAL = 'In the WhatsCloud credential';

const CHECK_BASE_URL = `${IN_CREDENTIAL}, enter the base URL that WhatsCloud shows under API management, usually https://whatscloud.pro/api/v1/`;

const NEW_TOKEN =
	'In WhatsCloud, open the system settings, then API management, generate a new token and save. Then paste it into the WhatsCloud credential in n8n.';

const TEMPLATES = 'messages/template';

const TEMPLATE_CAUSES =
	'Usual causes: a value for a variable or button is missing or has the wrong form; the template has a button with a variable that this version of WhatsCloud does not pass on; WhatsApp has paused the template; the number has no WhatsApp.';

const ASK_NETWORK = 'ask who looks after the network that n8n runs in';

/**
 * Every situation that is told to people, in the words of the editor's screens: labels of fields, options and
 * operations. Decided by status and keys, never by the server's wording, which is translated (quirk 33). The
 * first whose condition holds speaks.
 */
const SITUATIONS: Situation[] = [
	// No complete answer came.
	{
		when: ({ failure }) => failure?.cancelled === true,
		title: 'The execution was cancelled',
		advice: ({ failure }) =>
			failure?.neverSent
				? 'The request was not sent.'
				: 'WhatsCloud may have carried out the request, although no answer came.',
	},
	{
		when: ({ failure, status }) => failure?.proxy !== undefined || status === 407,
		title: 'The proxy that n8n uses does not connect it to WhatsCloud',
		advice: ({ failure, status }) => {
			const answered = failure?.proxy?.status ?? status;
			const what = answered ? `answered with error ${answered}` : 'gave no answer';
			const login = answered === 407 ? ' It wants a user name and a password.' : '';
			return `Nothing was sent. The proxy ${what}.${login} Whoever looks after n8n has set it with the environment variable HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, and can let n8n through to this server.`;
		},
		outcome: 'refused',
	},
	{
		when: ({ failure }) => failure?.isCertificate === true,
		title: 'n8n does not trust the certificate of the server',
		advice: ({ failure }) => `Nothing was sent. ${certificateAdvice(failure?.code)}`,
	},
	{
		// n8n's helper for credential tests does not tell that nothing was sent; of reading it makes no difference.
		when: ({ failure, request }) =>
			failure?.isPlainHttp === true && (failure.neverSent || request.method === 'GET'),
		title: 'The server does not speak https://',
		advice:
			'Nothing was sent. Does the base URL in the WhatsCloud credential begin with http:// or with https://? Without either, https:// is meant. WhatsCloud itself has https://; a server on this computer, such as the sandbox, has http://. Check its port, too.',
	},
	{
		when: ({ failure }) => failure?.isEncryption === true,
		title: 'No encrypted connection to the server can be made',
		advice: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, a proxy or a firewall on the way may be the cause: ${ASK_NETWORK}.`,
	},
	{
		when: ({ failure }) => failure?.code === 'ECONNREFUSED',
		title: 'The server takes no connections',
		advice:
			'Nothing was sent. No program listens at the address in the base URL of the WhatsCloud credential. If the server is your own, such as the sandbox, start it, and check its port. If it is that of WhatsCloud, try again later.',
	},
	{
		when: ({ failure }) => failure?.code === 'BLOCKED',
		title: 'The settings of n8n forbid requests to this server',
		advice: `Nothing was sent. Whoever looks after n8n can allow its address. ${CHECK_BASE_URL}`,
	},
	{
		when: ({ failure }) => failure?.neverSent === true,
		title: "WhatsCloud can't be reached",
		advice: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, check the internet connection of the computer that n8n runs on.`,
	},
	{
		when: (facts) => facts.failure !== undefined && facts.request.method !== 'POST',
		title: 'WhatsCloud gave no complete answer',
		advice: ({ failure }) =>
			failure?.code === ANSWER_TOO_LARGE
				? 'It was far larger than any answer of WhatsCloud should be.'
				: failure?.isTimeout
					? 'It took too long, also when tried again. Try later, or raise Options > Timeout.'
					: 'The connection broke, also when tried again. Try later.',
	},

	// Before the request reaches its handler.
	{
		// Quirk 12: status 500, or 400 in newer versions.
		when: isUnknownTenant,
		title: 'WhatsCloud does not know this subdomain',
		advice: `${IN_CREDENTIAL}, correct the subdomain: the word after /api/v1/ in the addresses that WhatsCloud shows under API management.`,
		outcome: 'refused',
	},
	{
		when: ({ status }) => status === 401,
		title: ({ reason }) => `WhatsCloud refuses the API token${reason}`,
		advice: `The token in the credential is wrong, or a newer one has replaced it. ${NEW_TOKEN}`,
	},
	{
		when: (answer) => missingAbility(answer) !== undefined,
		title: (answer) => `The API token lacks the permission "${missingAbility(answer)}"`,
		advice: `Tokens that were made before an update of WhatsCloud lack the newer permissions. ${NEW_TOKEN}`,
	},
	{
		when: ({ status, waitedMs }) => status === 429 && waitedMs !== undefined,
		title: 'The rate limit of your WhatsCloud account stays used up',
		advice: (facts) => {
			const { waitedMs = 0 } = facts;
			const waited =
				waitedMs > 0
					? `The node waited ${duration(waitedMs)}, in which not a single request was taken.`
					: 'The node did not wait.';
			return `${whenAgain(facts)}${waited} It waits for at most ${duration(MAX_BLOCKED_MS)} in a row. Other programs that use the account may take all of its requests, or it has a limit per day or month. Nothing was sent for this item.`;
		},
	},
	{
		when: ({ status }) => status === 429,
		title: 'The rate limit of your WhatsCloud account is used up',
		advice: (facts) =>
			`${whenAgain(facts)}All programs that use the account share the limit, usually 60 requests a minute. Set Options > When Rate Limited to "Wait and Continue" and the node waits by itself.`,
	},
	{
		when: ({ status }) => status === 413,
		title: 'This is too large for the WhatsCloud server',
		advice:
			'The server took nothing of it. Shorten the texts. A file can be made smaller, or sent by a public URL.',
	},

	// Sends: contract section 6.
	{
		when: ({ status, body }) => status === 403 && body?.error_code === 'CONTACT_OPTED_OUT',
		title: 'The contact has opted out of receiving messages',
		advice:
			'Nothing was sent. WhatsCloud sends to this contact again when the person writes the word to opt in, or when somebody takes the opt-out back in WhatsCloud.',
	},
	{
		when: ({ status, body }) => status === 403 && body?.limit_reached === true,
		title: ({ reason }) => `The conversation limit of your WhatsCloud plan is reached${reason}`,
		advice: 'Nothing was sent. Upgrade the plan in WhatsCloud, or wait for its next period.',
	},
	{
		when: ({ status, isOwn }) => status === 403 && isOwn,
		title: ({ reason }) => `WhatsCloud does not allow this${reason}`,
		advice:
			'Check in WhatsCloud: is the API switched on (system settings, API management)? Is the subscription active? Has the plan reached its limit of contacts?',
	},
	{
		// Quirk 16: an empty 200, as text/html. An uploaded file needs no download.
		when: ({ request, status, headers, text, failure }) =>
			request.path === 'messages/media' &&
			!failure &&
			!(request.body instanceof FormData) &&
			status < 300 &&
			text.trim() === '' &&
			(headers['content-type'] ?? '').includes('text/html'),
		title: 'WhatsCloud could not download the file from the media URL',
		advice:
			'Nothing was sent. The address must work for everybody: open it in a private browser window to see. A file behind a login can be sent with Media Source set to "Binary File".',
		outcome: 'refused',
	},
	{
		when: ({ body, isSend }) => isSend && metaError(body) !== undefined,
		title: ({ body, request }) =>
			`WhatsApp refused the ${request.path === TEMPLATES ? 'template' : 'message'}${after(metaError(body)?.message)}`,
		advice: ({ body, request }) => {
			const { details, code } = metaError(body) ?? {};
			const causes = request.path === TEMPLATES ? TEMPLATE_CAUSES : undefined;
			return ['Nothing was sent', details, failureAdvice(code) ?? causes]
				.flatMap((text) => (text ? sentence(text) : []))
				.join(' ');
		},
		outcome: 'refused',
	},
	{
		// Quirk 19. Without a reason, WhatsApp's refusal can't be told from a failure after the message left.
		when: ({ isSend, errors }) => isSend && errors.has('whatsapp'),
		title:
			'It is not known whether this message was sent: WhatsCloud says that WhatsApp refused the template, and gives no reason',
		advice: `As a rule, nothing was sent. ${TEMPLATE_CAUSES} Look in WhatsCloud whether the message is there, and repeat this item only if it is missing.`,
		outcome: 'unknown',
	},
	{
		when: ({ status, isOwn, isSend }) => isSend && status === 503 && isOwn,
		title: ({ reason }) => `WhatsCloud is not connected to WhatsApp${reason}`,
		advice: 'Nothing was sent. Connect your WhatsApp number in WhatsCloud, then try again.',
		outcome: 'refused',
	},
	{
		when: ({ errors }) => errors.has('template'),
		title: ({ errors }) => `This template can't be sent${after(errors.get('template'))}`,
		advice:
			'Nothing was sent. The template must be in WhatsCloud in exactly this language, and approved by WhatsApp. Load the templates from WhatsApp again in WhatsCloud, then choose it anew.',
	},
	{
		when: ({ errors }) => errors.has('template_fields'),
		title: ({ errors }) => `The template needs more values${after(errors.get('template_fields'))}`,
		advice:
			'Nothing was sent. Fill in every variable of the template. If WhatsCloud was to make a one-time code: this version of WhatsCloud does not support that; make the code in the workflow and fill it in.',
	},
	{
		when: isNotSetUp,
		title: 'The API is not set up for this WhatsCloud account',
		advice: NEW_TOKEN,
	},
	{
		when: ({ status, isOwn, isSend }) => isSend && status === 404 && isOwn,
		title: ({ reason }) => `WhatsCloud has no contact with this phone number${reason}`,
		advice:
			'Nothing was sent. Create the contact first, or fill in a field of "Contact If New" so that WhatsCloud creates it with the message.',
	},
	{
		// Not connected, or a file that is refused: told apart only by the server's text.
		when: ({ status, isOwn, isSend, errors }) =>
			isSend && status === 422 && isOwn && errors.size === 0,
		title: ({ reason }) => `WhatsCloud refuses the message${reason}`,
		advice:
			'Nothing was sent. Check in WhatsCloud that your WhatsApp number is connected. For a file, check its type and size.',
	},

	// Input.
	{
		// Every update fails as long as this setting stands.
		when: (facts) => unknownFields(facts).includes('assignee'),
		title:
			'WhatsCloud can\'t change contacts through its API as long as "Auto Lead" assigns them to a user',
		advice:
			'Nothing was changed. In the settings of "Auto Lead" in WhatsCloud, take the assigned user out, or switch "Auto Lead" off; or change the contact in WhatsCloud itself.',
		outcome: 'refused',
	},
	{
		when: (facts) => unknownFields(facts).length > 0,
		title: (facts) =>
			`This version of WhatsCloud does not have the field ${unknownFields(facts).map(fieldLabel).join(', ')} of a ${facts.noun}`,
		advice: 'Nothing was written. Leave the field out; newer versions of WhatsCloud have it.',
		outcome: 'refused',
	},
	{
		when: ({ status, body }) => status === 422 && body !== undefined,
		title: (facts) => `WhatsCloud refuses the input: ${fieldErrors(facts)[0] ?? 'no reason given'}`,
		advice: (facts) => [...fieldErrors(facts).slice(1), inputAdvice(facts)].join('\n'),
	},
	{
		when: ({ status, isOwn }) => status === 400 && isOwn,
		title: ({ request, noun, reason }) =>
			`WhatsCloud does not ${VERBS[request.method]} this ${noun}${reason}`,
		advice: ({ request, noun }) =>
			request.method === 'DELETE'
				? `${noun === 'status' ? "The default status can't be deleted: make another one the default first. " : ''}A ${noun} that contacts still have can't be deleted: give those contacts another one first.`
				: 'Check the values of this item.',
	},
	{
		// Also a success without the record (quirk 6), which `readRecord` takes for a 404.
		when: ({ request, status, isOwn }) => status === 404 && isOwn && request.path.includes('/'),
		title: ({ request, noun }) => `There is no ${noun} with the ID ${request.path.split('/')[1]}`,
		advice: ({ noun, reason }) =>
			`It may have been deleted. Choose the ${noun} from the list, or check the ID.${reason && sentence(` WhatsCloud says${reason}`)}`,
	},

	// Not WhatsCloud's API, or something in front of it: quirk 34.
	{
		when: lacksRoute,
		title: ({ request, isSend, noun }) =>
			`This version of WhatsCloud can't ${isSend ? 'send messages' : `${VERBS[request.method]} ${noun === 'status' ? 'statuses' : `${noun}s`}`} through its API`,
		advice: `Newer versions can. Do it in WhatsCloud itself, or ask WhatsCloud's support for an update. If nothing else works with this credential either, its base URL is wrong: it usually is https://whatscloud.pro/api/v1/`,
	},
	{
		// Quirk 20: to repeat it could create or send a second time.
		when: (facts) => facts.request.method === 'POST' && usualOutcome(facts) === 'unknown',
		title: (facts) =>
			`It is not known whether this ${facts.isSend ? 'message was sent' : `${facts.noun} was created`}: ${whatCame(facts)}`,
		advice: (facts) => {
			const strange = strangeness(facts);
			return `To avoid doing it twice, the node did not try again. Look in WhatsCloud whether it is there, and repeat this item only if it is missing.${strange ? ` If nothing ever arrives there: ${strange} ${CHECK_BASE_URL}` : ''}`;
		},
	},
	{
		when: (facts) => strangeness(facts) !== undefined,
		title: "The base URL of the WhatsCloud credential does not lead to WhatsCloud's API",
		advice: (facts) => `${strangeness(facts)} ${CHECK_BASE_URL}`,
	},
	{
		when: ({ status }) => TRANSIENT_STATUSES.has(status),
		title: ({ status, reason }) =>
			`WhatsCloud is not available at the moment: error ${status}${reason}`,
		advice: (facts) =>
			`${whenAgain(facts)}Try again later. If it stays like this, ask WhatsCloud's support.`,
	},
];

const OTHERWISE: Omit<Situation, 'when'> = {
	title: ({ status, reason }) => `WhatsCloud has a problem of its own: error ${status}${reason}`,
	advice: ({ request }) =>
		request.method === 'GET'
			? "Try again later. If it stays like this, ask WhatsCloud's support."
			: "A value of this item may be too long, or of a kind that WhatsCloud can't store: the details of this error hold the server's own words. If the values are right, try again later, or ask WhatsCloud's support.",
};

const VERBS: Record<ApiRequest['method'], string> = {
	GET: 'show',
	POST: 'create',
	PUT: 'change',
	DELETE: 'delete',
};

function certificateAdvice(code: string | undefined): string {
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
		return 'The certificate is not valid today: whoever runs the server has to renew it. Check also that the clock of the computer that n8n runs on is right.';
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
		return `The certificate was made for another address. ${CHECK_BASE_URL}.`;
	return `The certificate is self-signed, or n8n does not know who signed it. If the server is your own, start n8n with the environment variable NODE_EXTRA_CA_CERTS set to the path of a file with the certificate of the server or of its issuer. If it is not, a proxy or a virus scanner may stand in between: ${ASK_NETWORK}.`;
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

const MAYBE_DONE = ' It may have been done all the same; to run this item again does no harm.';

/** n8n stores the details of every error with the execution. */
const MAX_DETAILS = 20_000;

/** The error for a request that did not succeed. */
export function errorFor(request: Facts['request'], ending: Ending): ApiError {
	const facts = factsOf(request, ending);
	const { response, body, failure } = ending;
	const {
		title,
		advice,
		outcome = usualOutcome(facts),
	} = SITUATIONS.find(({ when }) => when(facts)) ?? OTHERWISE;
	const said = (words: Words) => (typeof words === 'string' ? words : words(facts));
	const isRepeatable = request.method !== 'POST' && !failure?.cancelled;
	const more =
		(outcome === 'unknown' && isRepeatable ? MAYBE_DONE : '') + codeSentence(failure?.code);
	const description = more === '' ? said(advice) : sentence(said(advice)) + more;
	return new ApiError(
		request,
		{ title: said(title), description, outcome },
		response?.status,
		response && (body && response.text.length <= MAX_DETAILS ? body : excerpt(response.text)),
		failure?.code,
	);
}

/** The error for a request that was waiting when the user cancelled. */
export function cancelledError(request: ApiRequest, maybeDone: boolean): ApiError {
	return errorFor(request, {
		failure: new NetworkFailure('', { cancelled: true, neverSent: !maybeDone }),
	});
}

/** The error for a record that is not there, also where the server calls that a success (quirk 6). */
export function notFoundError(request: Facts['request']): ApiError {
	const response = { status: 404, headers: {}, text: '' };
	return errorFor(request, { response, body: { status: 'error' } });
}
