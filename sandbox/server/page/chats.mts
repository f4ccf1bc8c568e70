import type { internationalNumber } from '../messages/internationalNumber.mts';
import type { Overview, ShownContact } from './overview.mts';
import type { ShownButton, ShownMessage } from './shownMessages.mts';
import type { PageTools } from './tools.mts';
import type { Written, WrittenKind } from './written.mts';

/** The chats, each as on the contact's phone. Runs in the browser, like the tools it is given. */
export function chatView(
	{ find, element, timeOf, ask, counted, link, linked, problemIn }: PageTools,
	readNumber: typeof internationalNumber,
	kinds: WrittenKind[],
) {
	interface Person {
		/** Absent as long as they have not written: then they are no contact yet. */
		id?: number;
		name: string;
		phone: string;
	}
	let state: Overview | undefined;
	let chosen: Person | undefined;
	let shown = '';

	const messagesOf = (contactId: number | undefined) =>
		state?.messages.filter((message) => message.contactId === contactId) ?? [];

	async function write(person: Person, written: Written): Promise<void> {
		const answer = await ask('POST', 'received', {
			phone: person.phone,
			...(person.id === undefined && { name: person.name }),
			...written,
		});
		const problem = await problemIn(answer.clone());
		find('#chat-problem').textContent = problem;
		if (problem !== '') return;
		const { contactId } = (await answer.json()) as { contactId: number };
		chosen = { ...person, id: contactId };
		(find('#say') as HTMLInputElement).value = '';
		// Who wrote last is at the top.
		find('#contacts').scrollTop = 0;
	}

	/** Of the chat's last message, in the list. */
	function lastLine(last: ShownMessage | undefined): string | undefined {
		if (last?.refusal !== undefined) return `Refused: ${last.text || last.refusal}`;
		return last && (last.text || (last.media?.type ?? ''));
	}

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
			element(
				'span',
				last?.refusal === undefined ? 'last' : 'last bad',
				lastLine(last) ?? contact.phone,
			),
		);
		button.setAttribute('aria-pressed', String(contact.id === chosen?.id));
		button.addEventListener('click', () => {
			chosen = contact;
			show();
			find('#say').focus();
		});
		return button;
	}

	function ticks({ state: reached, delivery }: ShownMessage): HTMLElement | string {
		if (delivery) return delivery.state === 'taken' ? '· n8n got it ✓' : '';
		if (reached === undefined || reached === 'failed') return '';
		const made = element(
			'span',
			reached,
			reached === 'accepted' || reached === 'sent' ? '✓' : '✓✓',
		);
		made.title = reached;
		return made;
	}

	/** Why a message did not get where it should, in words. */
	function trouble({ failure, refusal, delivery }: ShownMessage): string {
		if (refusal !== undefined) return `Refused, and the workflow was told: ${refusal}`;
		if (failure) {
			const advice =
				failure.code === 131047
					? ' Write as this person first, or let the workflow send a template.'
					: '';
			return `Not delivered: ${failure.details} (WhatsApp's error ${failure.code})${advice}`;
		}
		if (delivery?.state === 'nowhere') {
			return 'No workflow gets this: enter the address of one under Webhooks.';
		}
		return delivery?.problem === undefined ? '' : `n8n did not get this. ${delivery.problem}`;
	}

	function mediaParts({ media }: ShownMessage): (Node | string)[] {
		if (!media) return [];
		if (media.type !== 'image') {
			return [link(media.url, `${media.type}: ${media.filename ?? media.url}`, 'file'), '\n'];
		}
		const image = document.createElement('img');
		image.src = media.url;
		image.alt = 'Image';
		return [image];
	}

	function placeParts({ place }: ShownMessage): (Node | string)[] {
		if (!place) return [];
		const { latitude, longitude } = place;
		const coordinates = element('small', '', `${latitude}, ${longitude}`);
		return [element('div', 'place', element('span', 'pin'), coordinates)];
	}

	function answerButton(person: Person, message: ShownMessage, { text, url }: ShownButton) {
		if (url !== undefined) return link(url, `${text} ↗`, 'press');
		const button = element('button', 'press', text);
		button.addEventListener('click', () => {
			const pressed = { type: 'button', button: { payload: text, text } };
			void write(person, { message: pressed, replyTo: message.wamid });
		});
		return button;
	}

	function bubble(person: Person, message: ShownMessage): HTMLElement {
		const { header, footer, text, about, at, from, buttons } = message;
		const problem = trouble(message);
		return element(
			'div',
			`turn ${from}${message.refusal === undefined ? '' : ' refused'}`,
			element(
				'div',
				'bubble',
				...mediaParts(message),
				...placeParts(message),
				...(header === undefined ? [] : [element('b', '', header), '\n']),
				...linked(text),
				...(footer === undefined ? [] : ['\n', element('span', 'footer', footer)]),
				element('small', '', `${about} ${timeOf(at)} `.trimStart(), ticks(message)),
			),
			...buttons.map((button) => answerButton(person, message, button)),
			...(problem === '' ? [] : [element('div', 'trouble', problem)]),
		);
	}

	function showTalk(person: Person | undefined, contact: ShownContact | undefined): void {
		const about = [person?.phone, contact?.type, contact?.status].filter(Boolean).join(' · ');
		const name = person?.name === '' ? person.phone : person?.name;
		find('#who').replaceChildren(
			element('b', '', name === undefined ? 'Nobody chosen' : `The phone of ${name}`),
			element('div', 'hint', person ? about : 'Choose a contact on the left.'),
		);
		const bubbles = person ? messagesOf(person.id).map((message) => bubble(person, message)) : [];
		const nothing = element(
			'p',
			'empty',
			'Messages that your workflows send appear here. Write one below, as this person would on their phone.',
		);
		find('#bubbles').replaceChildren(...(bubbles.length > 0 ? bubbles : [nothing]));
		find('#bubbles').scrollTop = find('#bubbles').scrollHeight;
		const say = find('#say') as HTMLInputElement;
		say.disabled = person === undefined;
		say.placeholder = name === undefined ? '' : `Write as ${name}`;
	}

	/** Draws only what changed: a button that is replaced while it is pressed would do nothing. */
	function show(): void {
		if (!state) return;
		const { contacts, messages, contactCount } = state;
		const newest = contacts.find(({ id }) => id === messages.at(-1)?.contactId) ?? contacts[0];
		chosen ??= newest;
		const contact = contacts.find(({ id }) => id === chosen?.id);
		if (chosen?.id !== undefined) chosen = contact ?? newest;
		const now = JSON.stringify([chosen, contacts, messages]);
		if (now === shown) return;
		shown = now;
		find('#contacts').replaceChildren(...contacts.map(chatButton));
		find('#count').textContent =
			`${counted(contactCount, 'contact')}, ${counted(messages.length, 'message')}`;
		showTalk(chosen, contact);
	}

	find('#kind').replaceChildren(
		...kinds.map(({ name }, index) => {
			const option = element('option', '', name) as HTMLOptionElement;
			option.value = String(index);
			return option;
		}),
	);

	find('#composer').addEventListener('submit', (event) => {
		event.preventDefault();
		const select = find('#kind') as HTMLSelectElement;
		const { value: text } = find('#say') as HTMLInputElement;
		const kind = kinds[Number(select.value)];
		if (!chosen || !kind || (kind.needsText && text.trim() === '')) return;
		const last = messagesOf(chosen.id).findLast(({ from }) => from === 'contact')?.wamid;
		if (kind.needsLast && last === undefined) {
			find('#chat-problem').textContent = 'This person has not written anything yet.';
			return;
		}
		void write(chosen, kind.written(text, last ?? ''));
		select.value = '0';
	});

	find('#somebody-new form').addEventListener('submit', (event) => {
		event.preventDefault();
		const [name, phone] = [find('#new-name'), find('#new-phone')] as HTMLInputElement[];
		const number = readNumber(phone?.value ?? '');
		find('#new-problem').textContent = 'problem' in number ? number.problem : '';
		if ('problem' in number) return;
		chosen = { name: name?.value ?? '', phone: `+${number.digits}` };
		(find('#somebody-new') as HTMLDetailsElement).open = false;
		show();
		find('#say').focus();
	});

	return {
		show(overview: Overview): void {
			state = overview;
			show();
		},
	};
}

export type ChatView = ReturnType<typeof chatView>;
