import type { Overview } from './overview.mts';
import type { PageTools } from './tools.mts';

/** Where webhooks go, and what became of them. Runs in the browser, like the tools it is given. */
export function webhookCard({ find, element, timeOf, ask, problemIn }: PageTools) {
	const fields = ['messagesUrl', 'recordsUrl'] as const;
	const input = (field: (typeof fields)[number]) => find(`#${field}`) as HTMLInputElement;

	async function save(): Promise<void> {
		const change = Object.fromEntries(
			fields.map((field) => [field, input(field).value.trim() || null]),
		);
		const answer = await ask('PUT', 'webhooks', change);
		const problem = await problemIn(answer);
		find('#webhook-problem').textContent = problem;
		find('#webhook-saved').textContent = problem === '' ? 'Saved.' : '';
	}

	find('#webhooks').addEventListener('submit', (event) => {
		event.preventDefault();
		void save();
	});
	find('#take-first').addEventListener('click', () => {
		input('messagesUrl').value = find('#first-url').textContent ?? '';
		void save();
	});

	const words = { underWay: 'under way', taken: 'taken', givenUp: 'given up' };

	return {
		show({ webhooks, deliveries }: Overview): void {
			for (const field of fields) {
				// What is being typed stays.
				if (input(field) !== document.activeElement && !find('#webhook-problem').textContent) {
					input(field).value = webhooks[field] ?? '';
				}
			}
			const { messagesUrl, messagesUrlAtStart: first } = webhooks;
			find('#first-url').textContent = first;
			find('#first').hidden = first === null || first === messagesUrl;
			const rows = deliveries.map(({ at, event, state, attempts, last }) =>
				element(
					'tr',
					'',
					element('td', '', timeOf(at)),
					element('td', state === 'givenUp' ? 'bad' : '', words[state]),
					element('td', '', event),
					element('td', '', attempts > 1 ? `${attempts} attempts` : ''),
					element('td', 'warn', last?.problem ?? ''),
				),
			);
			const none = element('tr', '', element('td', '', 'None so far.'));
			find('#deliveries').replaceChildren(...(rows.length > 0 ? rows : [none]));
		},
	};
}

export type WebhookCard = ReturnType<typeof webhookCard>;
