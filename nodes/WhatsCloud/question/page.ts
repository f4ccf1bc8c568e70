import { createHash } from 'crypto';

import type { Question } from '../operation';

/** Characters of an answer in words. */
export const MAX_ANSWER_LENGTH = 4096;

/** A second press while the first one is on its way would be answered by n8n with an error. */
const SCRIPT = `document.addEventListener('submit', (event) => {
	const { dataset } = document.body;
	if (dataset.sent) return event.preventDefault();
	dataset.sent = 'yes';
	setTimeout(() => delete dataset.sent, 5000);
});`;

/** The page loads nothing, and nothing runs on it but its own script. */
export const PAGE_HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'cache-control': 'no-store',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'content-security-policy': `sandbox allow-forms allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`,
};

/**
 * The page for an answer. Its form goes back to the address of the page itself, which carries the signature.
 * @param problem why the answer just given was not taken
 */
export function questionPage(question: Question, problem?: string): string {
	const { title, text, buttons, answerLabel, buttonLabel } = question;
	const choices = buttons
		?.map(({ value, label }, index) =>
			button(label, index === 0, ` name="answer" value="${value}"`),
		)
		.join('');
	const box = `<label for="answer" dir="auto">${escaped(answerLabel)}</label><textarea id="answer" name="answer" dir="auto" rows="5" maxlength="${MAX_ANSWER_LENGTH}" required></textarea>${button(buttonLabel, true)}`;
	const refused =
		problem === undefined
			? ''
			: `<p class="problem" role="alert" dir="auto">${escaped(problem)}</p>`;
	return page(
		title,
		`<p class="question" dir="auto">${escaped(text)}</p>${refused}<form method="post">${choices ?? box}</form><script>${SCRIPT}</script>`,
	);
}

function button(label: string, isMain: boolean, attributes = ''): string {
	return `<button${attributes}${isMain ? ' class="main"' : ''} dir="auto">${escaped(label)}</button>`;
}

/** A page that only says something. */
export function noticePage(title: string, text = ''): string {
	return page(title, text === '' ? '' : `<p dir="auto">${escaped(text)}</p>`);
}

/** The languages of the words are their users': none is declared, and each text has its own direction. */
function page(title: string, content: string): string {
	return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main><h1 dir="auto">${escaped(title)}</h1>${content}</main></body>
</html>`;
}

const STYLE = `
:root { color-scheme: light dark; --page: #f0f2f5; --card: #fff; --text: #17212b; --quiet: #e7eaee; --main: #0b7a5c; --line: #c5ccd3; --problem: #a4262c; }
@media (prefers-color-scheme: dark) { :root { --page: #0c1317; --card: #18222a; --text: #e9edef; --quiet: #2b3942; --main: #12866a; --line: #43525d; --problem: #ffb3b3; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--text); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 5vh auto 0; padding: 1.5rem; background: var(--card); border-radius: 1rem; }
h1 { margin: 0; font-size: 1.3rem; line-height: 1.3; overflow-wrap: anywhere; }
.question { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.problem { color: var(--problem); font-weight: 600; }
p, form { margin: 1rem 0 0; }
form { display: flex; flex-direction: column; gap: .75rem; }
button { min-height: 3rem; padding: .6rem 1rem; border: 0; border-radius: .75rem; background: var(--quiet); color: var(--text); font: inherit; font-weight: 600; cursor: pointer; overflow-wrap: anywhere; }
body[data-sent] button { opacity: .6; }
button.main { background: var(--main); color: #fff; }
textarea { width: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .75rem; background: transparent; color: inherit; font: inherit; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
