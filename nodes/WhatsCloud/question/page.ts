import type { Question } from '../operation';

/** Characters of an answer in words. */
export const MAX_ANSWER_LENGTH = 4096;

/**
 * The page for an answer. It has no script and loads nothing; its form goes back to the address of the
 * page itself, which carries the signature.
 * @param problem why the answer just given was not taken
 */
export function questionPage({ title, text, buttons }: Question, problem?: string): string {
	const choices = buttons
		?.map(
			({ value, label }, index) =>
				`<button name="answer" value="${value}"${index === 0 ? ' class="main"' : ''}>${escaped(label)}</button>`,
		)
		.join('');
	const box = `<label for="answer">Your answer</label><textarea id="answer" name="answer" rows="5" maxlength="${MAX_ANSWER_LENGTH}" required></textarea><button class="main">Send</button>`;
	const refused =
		problem === undefined ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`;
	return page(
		title,
		`<p class="question">${escaped(text)}</p>${refused}<form method="post">${choices ?? box}</form>`,
	);
}

/** A page that only says something. */
export function noticePage(title: string, text: string): string {
	return page(title, `<p>${escaped(text)}</p>`);
}

function page(title: string, content: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main><h1>${escaped(title)}</h1>${content}</main></body>
</html>`;
}

const STYLE = `
:root { color-scheme: light dark; --page: #f0f2f5; --card: #fff; --text: #17212b; --quiet: #e7eaee; --main: #0b7a5c; --line: #c5ccd3; --problem: #a4262c; }
@media (prefers-color-scheme: dark) { :root { --page: #0c1317; --card: #18222a; --text: #e9edef; --quiet: #2b3942; --main: #12866a; --line: #43525d; --problem: #ffb3b3; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--text); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 5vh auto 0; padding: 1.5rem; background: var(--card); border-radius: 1rem; }
h1 { margin: 0 0 1rem; font-size: 1.3rem; line-height: 1.3; overflow-wrap: anywhere; }
.question { white-space: pre-wrap; overflow-wrap: anywhere; }
.problem { color: var(--problem); font-weight: 600; }
form { display: flex; flex-direction: column; gap: .75rem; }
button { min-height: 3rem; padding: .6rem 1rem; border: 0; border-radius: .75rem; background: var(--quiet); color: var(--text); font: inherit; font-weight: 600; cursor: pointer; overflow-wrap: anywhere; }
button.main { background: var(--main); color: #fff; }
textarea { width: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .75rem; background: transparent; color: inherit; font: inherit; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
