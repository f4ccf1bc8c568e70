import { noticePage, questionPage } from '../../../nodes/WhatsCloud/question/page';

const ask = { title: 'Order 17', text: 'May we deliver?' };
const yes = { value: 'true', label: 'Yes' } as const;
const no = { value: 'false', label: 'No' } as const;

test.each([
	['one button', [yes], ['value="true"'], ['value="false"', '<textarea']],
	['two buttons', [yes, no], ['value="true"', 'value="false"'], ['<textarea']],
	['words', undefined, ['<textarea'], ['value="true"']],
])('%s', (_, buttons, shown, hidden) => {
	const html = questionPage({ ...ask, buttons });
	for (const part of ['<h1>Order 17</h1>', 'May we deliver?', '<form method="post">', ...shown]) {
		expect(html).toContain(part);
	}
	for (const part of hidden) expect(html).not.toContain(part);
});

test('all that people wrote is text, never HTML', () => {
	const evil = `"><img src=x onerror='alert(1)'>&amp;`;
	const pages = [
		questionPage({ title: evil, text: evil, buttons: [{ value: 'true', label: evil }] }, evil),
		noticePage(evil, evil),
	];
	for (const html of pages) {
		expect(html).not.toContain('<img');
		expect(html).toContain('&#34;&#62;&#60;img src=x onerror=&#39;alert(1)&#39;&#62;&#38;amp;');
	}
});

test('nothing is loaded from elsewhere and nothing runs', () => {
	const html = questionPage({ ...ask, buttons: [yes, no] }, 'Please press one of the buttons.');
	expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:|\son\w+=/i);
	expect(html).toContain('prefers-color-scheme: dark');
	expect(html).toContain('width=device-width');
});
