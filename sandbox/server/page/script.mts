import type { ChatView } from './chats.mts';
import type { Overview } from './overview.mts';
import type { PageTools } from './tools.mts';
import type { WebhookCard } from './webhookCard.mts';

export interface PageParts {
	chats: ChatView;
	webhooks: WebhookCard;
}

/** Requests, faults and switches, and what keeps all parts of the page up to date. Runs in the browser. */
export function livePage(
	{ find, element, timeOf, ask }: PageTools,
	{ chats, webhooks }: PageParts,
): void {
	let state: Overview | undefined;
	/** Changes on their way to the server; until they arrive, the controls show what was chosen. */
	let pending = 0;

	async function change(method: string, path: string, body?: object): Promise<void> {
		pending++;
		try {
			await ask(method, path, body);
		} finally {
			pending--;
		}
		await refresh();
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
		(find('#generation') as HTMLSelectElement).value = state.server;
		const changed = state.changedSwitches > 0 ? ', some switches changed' : '';
		find('#server').textContent = ` (version ${state.server}${changed})`;
		(find('#rate-limit') as HTMLInputElement).checked = state.rateLimit !== null;
		find('#faults').textContent =
			state.faults.length > 0 ? `Armed: ${state.faults.join('; ')}` : 'Nothing is set to go wrong.';
	}

	async function refresh(): Promise<void> {
		state = (await (await ask('GET', 'overview')).json()) as Overview;
		chats.show(state);
		webhooks.show(state);
		showRequests();
		showSwitches();
	}

	async function reveal(button: HTMLElement, path: string): Promise<void> {
		const told = (await (await ask('GET', path)).json()) as Record<string, string>;
		button.replaceWith(element('code', '', ...Object.values(told)));
	}

	function valueOf(control: HTMLInputElement | HTMLSelectElement): unknown {
		if (control instanceof HTMLSelectElement) return JSON.parse(control.value);
		if (control.type === 'checkbox') return control.checked;
		return control.value === '' ? null : Number(control.value);
	}

	function backToTheStart(): void {
		const isMeant = confirm(
			'Erase all that came since the start? Contacts, messages and settings become what they were then, and messages go to the workflow that got them then.',
		);
		if (isMeant) void change('POST', 'reset');
	}

	document.addEventListener('change', ({ target }) => {
		if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
		const name = target.dataset['switch'];
		if (name !== undefined) void change('POST', 'behaviour', { [name]: valueOf(target) });
		else if (target.id === 'generation') void change('POST', 'behaviour', { server: target.value });
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
		else if (target.id === 'reset') backToTheStart();
		else if (target.id === 'show-token') {
			void reveal(target, 'token');
		} else if (target.id === 'show-secret') {
			void reveal(target, 'webhook-secret');
		}
	});

	new EventSource('/sandbox/events').addEventListener('message', () => void refresh());
	void refresh();
}
