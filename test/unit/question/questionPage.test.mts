import { createHash } from 'node:crypto';

import {
	noticePage,
	PAGE_HEADERS,
	questionPage,
} from '../../../nodes/WhatsCloud/question/question';

const ask = {
	...{ title: 'Order 17', text: 'May we deliver?' },
	...{ answerLabel: 'Your wish', buttonLabel: 'Send it', thankYou: 'Thanks' },
};
const yes = { value: 'true', label: 'Yes' } as const;
const no = { value: 'false', label: 'No' } as const;

test.each([
	['one button', [yes], ['value="true"'], ['value="false"', '<textarea']],
	['two buttons', [yes, no], ['value="true"', 'value="false"'], ['<textarea']],
	['words', undefined, ['<textarea', 'Your wish', 'Send it'], ['value="true"']],
])('%s', (_, buttons, shown, hidden) => {
	const html = questionPage({ ...ask, buttons });
	for (const part of [
		'<h1 dir="auto">Order 17</h1>',
		'May we deliver?',
		'<form method="post">',
		...shown,
	]) {
		expect(html).toContain(part);
	}
	for (const part of hidden) expect(html).not.toContain(part);
});

test('all that people wrote is text, never HTML', () => {
	const evil = `"><img src=x onerror='alert(1)'>&amp;`;
	const pages = [
		questionPage(
			{ ...ask, title: evil, text: evil, buttons: [{ value: 'true', label: evil }] },
			evil,
		),
		questionPage({ ...ask, answerLabel: evil, buttonLabel: evil }),
		noticePage(evil, evil),
	];
	for (const html of pages) {
		expect(html).not.toContain('<img');
		expect(html).toContain('&#34;&#62;&#60;img src=x onerror=&#39;alert(1)&#39;&#62;&#38;amp;');
	}
});

test('nothing is loaded from elsewhere, and nothing runs but the script that the page is allowed', () => {
	const html = questionPage({ ...ask, buttons: [yes, no] }, 'Please press one of the buttons.');
	expect(html).not.toMatch(/<link|<img|@import|url\(|https?:|\son\w+=/i);
	const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map((match) => match[1] ?? '');
	const hashes = scripts.map((script) => createHash('sha256').update(script).digest('base64'));
	expect(hashes).toHaveLength(1);
	expect(PAGE_HEADERS['content-security-policy']).toContain(`script-src 'sha256-${hashes[0]}';`);
	expect(html).toContain('prefers-color-scheme: dark');
	expect(html).toContain('width=device-width');
});

test('40,000 blanks take no time', () => {
	const blanks = ' '.repeat(40_000);
	const html = questionPage({ ...ask, title: blanks, text: `http://${blanks}{ ${blanks}link` });
	expect(html.length).toBeGreaterThan(3 * blanks.length);
});
