import type { Overview, ShownContact } from './overview.mts';

/**
 * Runs in the browser: its source is sent to the page, so it uses nothing from outside of itself.
 * Whatever comes from requests is only ever set as text, never as HTML.
 */
export function livePage(): void {
	let state: Overview | undefined;
	let chosen: number | undefined;
	/** Changes on their way to the server; until they arrive, the controls show what was chosen. */
	let pending = 0;

	const find = (selector: string) => document.querySelector<HTMLElement>(selector) as HTMLElement;
	function element(tag: string, className: string, ...content: (Node | string)[]): HTMLElement {
		const made = document.createElement(tag);
		made.className = className;
		made.append(...content);
		return made;
	}
	const timeOf = (iso: string) =>
		new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

	async function ask(method: string, path: string, body?: object): Promise<unknown> {
		const response = await fetch(`/sandbox/${path}`, {
			method,
			...(body && {
				body: JSON.stringify(body),
				headers: { 'Content-Type': 'application/json' },
			}),
		});
		return response.status === 204 ? undefined : await response.json();
	}

	async function change(method: string, path: string, body?: object): Promise<void> {
		pending++;
		try {
			await ask(method, path, body);
		} finally {
			pending--;
		}
		await refresh();
	}

	const messagesOf = (contactId: number) =>
		state?.messages.filter((message) => message.contactId === contactId) ?? [];

	function chatButton(contact: ShownContact): HTMLElement {
		const last = messagesOf(contact.id).at(-1);
		const initial = element('span', 'avatar', contact.name.charAt(0).toUpperCase() || '?');
		if (/^#[0-9a-f]{3,6}$/i.test(contact.color)) initial.style.background = contact.color;
		const button = element(
			'button',
			'chat',
			initial,
			element('b', '', contact.name || contact.phone),
			element('span', 'time', last ? timeOf(last.at) : ''),
			element('span', 'last', last ? last.text || (last.media?.type ?? '') : contact.phone),
		);
		button.setAttribute('aria-pressed', String(contact.id === chosen));
		button.addEventListener('click', () => {
			chosen = contact.id;
			showChats();
		});
		return button;
	}

	function bubble(message: Overview['messages'][number]): HTMLElement {
		const { media, template } = message;
		const parts: (Node | string)[] = [];
		if (media?.type === 'image') {
			const image = document.createElement('img');
			image.src = media.url;
			image.alt = 'Image';
			parts.push(image);
		} else if (media) {
			parts.push(element('b', '', `${media.type}: ${media.filename ?? media.url}`), '\n');
		}
		if (template?.header !== undefined) parts.push(element('b', '', template.header), '\n');
		parts.push(media?.caption ?? message.text);
		const about = template ? `template ${template.name} (${template.language}), ` : '';
		parts.push(element('small', '', `${about}to ${message.phone}, ${timeOf(message.at)} ✓`));
		return element('div', 'bubble', ...parts);
	}

	function showChats(): void {
		if (!state) return;
		const { contacts, messages, contactCount } = state;
		chosen ??= messages.at(-1)?.contactId;
		find('#contacts').replaceChildren(...contacts.map(chatButton));
		find('#count').textContent = `${contactCount} contacts, ${messages.length} messages`;
		const contact = contacts.find(({ id }) => id === chosen);
		const about =
			contact && [contact.phone, contact.type, contact.status].filter(Boolean).join(' · ');
		find('#who').replaceChildren(
			element('b', '', contact?.name ?? 'Nobody chosen'),
			element('div', 'hint', about ?? 'Choose a contact on the left.'),
		);
		const bubbles = contact ? messagesOf(contact.id).map(bubble) : [];
		const nothing = element('p', 'empty', 'Messages you send through the API appear here.');
		find('#bubbles').replaceChildren(...(bubbles.length > 0 ? bubbles : [nothing]));
		find('#bubbles').scrollTop = find('#bubbles').scrollHeight;
	}

	function showRequests(): void {
		const rows = (state?.requests ?? []).map((request) => {
			const { status } = request;
			const verdict = status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : '';
			const cells = [
				element('td', '', timeOf(request.at)),
				element('td', verdict, status === 0 ? '–' : String(status)),
				element('td', '', request.method),
				element('td', '', request.path),
				element('td', '', `${request.durationMs} ms`),
				element('td', 'warn', request.faults.join(', ')),
			];
			return element('tr', '', ...cells);
		});
		const none = element('tr', '', element('td', '', 'None so far.'));
		find('#requests').replaceChildren(...(rows.length > 0 ? rows : [none]));
	}

	function showSwitches(): void {
		if (!state || pending > 0) return;
		const values = state.behaviour as Record<string, unknown>;
		for (const control of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
			'[data-switch]',
		)) {
			const value = values[control.dataset['switch'] ?? ''];
			if (control instanceof HTMLSelectElement) control.value = JSON.stringify(value);
			else if (control.type === 'checkbox') control.checked = value === true;
			else if (control !== document.activeElement)
				control.value = value === null ? '' : String(value as number);
		}
		(find('#rate-limit') as HTMLInputElement).checked = state.rateLimit !== null;
		find('#faults').textContent =
			state.faults.length > 0 ? `Armed: ${state.faults.join('; ')}` : 'Nothing is set to go wrong.';
	}

	async function refresh(): Promise<void> {
		state = (await ask('GET', 'overview')) as Overview;
		showChats();
		showRequests();
		showSwitches();
	}

	function valueOf(control: HTMLInputElement | HTMLSelectElement): unknown {
		if (control instanceof HTMLSelectElement) return JSON.parse(control.value);
		if (control.type === 'checkbox') return control.checked;
		return control.value === '' ? null : Number(control.value);
	}

	document.addEventListener('change', ({ target }) => {
		if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
		const name = target.dataset['switch'];
		if (name !== undefined) void change('POST', 'behaviour', { [name]: valueOf(target) });
		else if (target.id === 'preset') void change('POST', 'behaviour', { preset: target.value });
		else if (target.id === 'rate-limit' && target instanceof HTMLInputElement) {
			const rateLimit = target.checked ? { max: 60, windowMs: 60_000 } : null;
			void change('PUT', 'rate-limit', { rateLimit });
		}
	});

	document.addEventListener('click', ({ target }) => {
		if (!(target instanceof HTMLButtonElement)) return;
		const { fault } = target.dataset;
		if (fault !== undefined) void change('POST', 'faults', JSON.parse(fault) as object);
		else if (target.id === 'clear-faults') void change('DELETE', 'faults');
		else if (target.id === 'reset') void change('POST', 'reset');
		else if (target.id === 'show-token') {
			void ask('GET', 'token').then((answer) => {
				target.replaceWith(element('code', '', (answer as { token: string }).token));
			});
		}
	});

	new EventSource('/sandbox/events').addEventListener('message', () => void refresh());
	void refresh();
}
