import type { Fault } from '../faults.mts';
import { generations } from '../generations.mts';
import { switches, type Switch } from './switches.mts';

const entities: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

export function escapeHtml(text: string): string {
	return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

const offeredFaults: [label: string, fault: Fault][] = [
	['Answer 500', { kind: 'answer', status: 500, times: 1 }],
	['Answer 500 though it worked', { kind: 'answer', status: 500, when: 'after', times: 1 }],
	['Reset the connection', { kind: 'reset', times: 1 }],
	['Reset though it worked', { kind: 'reset', when: 'after', times: 1 }],
	['Too many requests, wait 5 s', { kind: 'tooMany', retryAfter: 5, times: 1 }],
	['HTML page 502', { kind: 'html', times: 1 }],
	['Empty body', { kind: 'empty', times: 1 }],
	['Half a body', { kind: 'truncate', times: 1 }],
	['Wait 5 s', { kind: 'delay', ms: 5000, times: 1 }],
];

/** `"newestFirst"` reads better as `newestFirst`. */
function choiceText(value: string): string {
	const parsed: unknown = JSON.parse(value);
	if (typeof parsed === 'object' && parsed !== null) {
		return Object.entries(parsed)
			.map((entry) => entry.join(' '))
			.join(', ');
	}
	return parsed === null ? 'none' : value.replaceAll('"', '');
}

function controlHtml({ name, control }: Switch): string {
	const attributes = `id="switch-${escapeHtml(name)}" data-switch="${escapeHtml(name)}"`;
	if (control.kind === 'check') return `<input type="checkbox" ${attributes}>`;
	if (control.kind === 'number') {
		return `<input type="number" min="0" placeholder="none" ${attributes}>`;
	}
	const options = control.values.map(
		(value) => `<option value="${escapeHtml(value)}">${escapeHtml(choiceText(value))}</option>`,
	);
	return `<select ${attributes}>${options.join('')}</select>`;
}

function switchHtml(shown: Switch): string {
	const { name, description } = shown;
	return `<div class="row">
	<label for="switch-${escapeHtml(name)}">${escapeHtml(description)}<br><code>${escapeHtml(name)}</code></label>
	${controlHtml(shown)}
</div>`;
}

function faultHtml([label, fault]: (typeof offeredFaults)[number]): string {
	const value = escapeHtml(JSON.stringify(fault));
	return `<button class="do" data-fault="${value}">${escapeHtml(label)}</button>`;
}

export interface Connection {
	baseUrl: string;
	subdomain: string;
}

const isAboutWebhooks = ({ name }: Switch) => /webhook|receiver/i.test(name);
const webhookSwitches = switches().filter(isAboutWebhooks);
const otherSwitches = switches().filter((shown) => !isAboutWebhooks(shown));

export function documentHtml({ baseUrl, subdomain }: Connection): string {
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WhatsCloud sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<header>
<h1>WhatsCloud sandbox</h1>
<p>It plays the WhatsCloud server<span id="server"></span> and people's phones. <strong>No message leaves this computer</strong>: all people and numbers are invented.</p>
</header>
<main>
<div>
<section class="card chats" aria-label="Chats">
	<div class="people">
		<details id="somebody-new"><summary>Somebody new writes</summary>
		<form>
			<label>Name <input id="new-name" required maxlength="60" autocomplete="off"></label>
			<label>Phone number <input id="new-phone" required inputmode="tel" maxlength="40" placeholder="+1 555 555 0123" autocomplete="off"></label>
			<p class="trouble" id="new-problem" role="alert"></p>
			<button class="do">Open the chat</button>
		</form>
		</details>
		<div class="list" id="contacts"></div>
	</div>
	<div class="talk">
		<div class="who" id="who"></div>
		<div class="bubbles" id="bubbles" aria-live="polite"></div>
		<p class="trouble" id="chat-problem" role="alert"></p>
		<form id="composer" class="composer">
			<select id="kind" aria-label="What to write"></select>
			<input id="say" aria-label="Message" maxlength="4096" autocomplete="off" disabled>
			<button class="main">Send</button>
		</form>
	</div>
</section>
<section class="card">
	<h2>Latest webhooks: what WhatsCloud told n8n</h2>
	<div class="scroll"><table><tbody id="deliveries"></tbody></table></div>
</section>
<section class="card">
	<h2>Latest requests: what n8n asked of WhatsCloud</h2>
	<div class="scroll"><table><tbody id="requests"></tbody></table></div>
</section>
</div>
<div>
<section class="card">
	<h2>Connect</h2>
	<dl>
		<dt>Base URL</dt><dd><code>${escapeHtml(baseUrl)}</code></dd>
		<dt>Subdomain</dt><dd><code>${escapeHtml(subdomain)}</code></dd>
		<dt>API token</dt><dd><button class="do" id="show-token">Show</button></dd>
	</dl>
	<p class="hint">Enter these three in the WhatsCloud credential of n8n, or send the token as
	<code>Authorization: Bearer …</code> to <code>${escapeHtml(`${baseUrl}${subdomain}/contacts`)}</code>.
	Numbers that end in 0000 are refused, as WhatsApp refuses some. Files to send by URL:
	<a href="/sandbox/media/flyer.png">flyer.png</a>, <a href="/sandbox/media/photo.jpeg">photo.jpeg</a>,
	<a href="/sandbox/media/prices.pdf">prices.pdf</a>, <a href="/sandbox/media/clip.mp4">clip.mp4</a>.</p>
	<p class="hint"><span id="count"></span>. What was added is gone when the sandbox stops.</p>
	<button class="do" id="reset">Back to the start</button>
</section>
<section class="card">
	<h2>Webhooks</h2>
	<p class="hint">A workflow can start when somebody writes or a contact changes. Copy the <b>Production URL</b> of its
	<i>WhatsCloud Webhook Trigger</i> into these fields, as you would into WhatsCloud's settings, and publish the workflow.
	The <b>Test URL</b> works for one event, while n8n is listening.</p>
	<form id="webhooks">
		<label>Messages, and whether they were delivered <span class="hint">in WhatsCloud: WebHooks re-send</span>
		<input id="messagesUrl" type="url" placeholder="http://localhost:5678/webhook/…" autocomplete="off" spellcheck="false" aria-describedby="one-url"></label>
		<p class="hint" id="one-url">One URL takes all messages: the last one saved here counts, and the workflow before gets none.</p>
		<p class="hint" id="first" hidden>At the start it was <code id="first-url"></code>.
		<button type="button" class="do" id="take-first">Take that one again</button></p>
		<label>Contacts, statuses, sources <span class="hint">in WhatsCloud: Webhook management</span>
		<input id="recordsUrl" type="url" placeholder="http://localhost:5678/webhook/…" autocomplete="off" spellcheck="false"></label>
		<p><button class="do">Save</button><span class="hint" id="webhook-saved" role="status"></span>
		<span class="trouble" id="webhook-problem" role="alert"></span></p>
	</form>
	<dl><dt>Secret that signs them</dt><dd><button class="do" id="show-secret">Show</button></dd></dl>
	<details><summary>How they are delivered</summary>
	${webhookSwitches.map(switchHtml).join('\n')}
	</details>
</section>
<section class="card">
	<h2>Let the next request fail</h2>
	<p>${offeredFaults.map(faultHtml).join('')}<button class="do" id="clear-faults">None of it</button></p>
	<p class="hint" id="faults"></p>
	<div class="row"><label for="rate-limit">Rate limit on: 60 requests per minute, as on the real server</label>
	<input type="checkbox" id="rate-limit"></div>
</section>
<section class="card">
	<details><summary>Switches: how server versions differ</summary>
	<div class="row"><label for="generation">Set all to a version: A is of August 2025, D of early 2026</label>
	<select id="generation">${generations
		.map((generation) => `<option>${generation}</option>`)
		.join('')}</select></div>
	${otherSwitches.map(switchHtml).join('\n')}
	</details>
</section>
</div>
</main>
</body>
</html>
`;
}
