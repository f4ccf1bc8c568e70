import { presets } from '../behaviour.mts';
import type { Fault } from '../faults.mts';
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
	if (typeof parsed === 'object' && parsed !== null) return Object.values(parsed).join(' ');
	return parsed === null ? 'none' : value.replaceAll('"', '');
}

function controlHtml({ name, control }: Switch): string {
	const attributes = `id="switch-${escapeHtml(name)}" data-switch="${escapeHtml(name)}"`;
	if (control.kind === 'check') return `<input type="checkbox" ${attributes}>`;
	if (control.kind === 'number') {
		return `<input type="number" min="0" placeholder="no limit" ${attributes}>`;
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
<p>A stand-in for the WhatsCloud server. <strong>No message leaves this computer</strong>: all people and numbers are invented.</p>
</header>
<main>
<div>
<section class="card chats" aria-label="Chats">
	<div class="list" id="contacts"></div>
	<div class="talk">
		<div class="who" id="who"></div>
		<div class="bubbles" id="bubbles" aria-live="polite"></div>
	</div>
</section>
<section class="card">
	<h2>Latest requests</h2>
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
	<p class="hint" id="count"></p>
	<button class="do" id="reset">Back to the start</button>
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
	<div class="row"><label for="preset">Set all to a version</label>
	<select id="preset">${Object.keys(presets)
		.map((preset) => `<option>${escapeHtml(preset)}</option>`)
		.join('')}</select></div>
	${switches().map(switchHtml).join('\n')}
	</details>
</section>
</div>
</main>
</body>
</html>
`;
}
