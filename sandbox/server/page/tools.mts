/**
 * What the page's scripts share. Runs in the browser: its source is sent to the page, so it uses
 * nothing from outside of itself. Whatever comes from requests is only ever set as text, never as HTML.
 */
export function pageTools() {
	const find = (selector: string) => document.querySelector<HTMLElement>(selector) as HTMLElement;

	function element(tag: string, className: string, ...content: (Node | string)[]): HTMLElement {
		const made = document.createElement(tag);
		made.className = className;
		made.append(...content);
		return made;
	}

	const timeOf = (iso: string) =>
		new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

	const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

	async function ask(method: string, path: string, body?: object): Promise<Response> {
		return await fetch(`/sandbox/${path}`, {
			method,
			...(body && {
				body: JSON.stringify(body),
				headers: { 'Content-Type': 'application/json' },
			}),
		});
	}

	function link(href: string, text: string, className = ''): HTMLElement {
		const made = element('a', className, text) as HTMLAnchorElement;
		made.href = href;
		made.target = '_blank';
		made.rel = 'noopener noreferrer';
		return made;
	}

	/** The text with its web addresses as links. */
	function linked(text: string): (Node | string)[] {
		const parts: (Node | string)[] = [];
		let end = 0;
		for (const { 0: address, index } of text.matchAll(/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/g)) {
			parts.push(text.slice(end, index), link(address, address));
			end = index + address.length;
		}
		return [...parts, text.slice(end)];
	}

	/** What the server says is wrong, in its words. */
	async function problemIn(answer: Response): Promise<string> {
		if (answer.ok) return '';
		const { problems = [] } = (await answer.json()) as { problems?: { message: string }[] };
		return (
			problems.map(({ message }) => message).join(' ') || `The sandbox answered ${answer.status}.`
		);
	}

	return { find, element, timeOf, counted, ask, link, linked, problemIn };
}

export type PageTools = ReturnType<typeof pageTools>;
