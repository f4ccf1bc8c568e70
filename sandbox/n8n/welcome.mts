import type { Trial } from './trial.mts';

/** What the terminal shows once all is running. */
export function welcome({
	n8nUrl,
	sandboxUrl,
	owner,
}: Pick<Trial, 'n8nUrl' | 'sandboxUrl' | 'owner'>): string[] {
	return [
		'',
		`n8n         ${n8nUrl}`,
		`Log in as   ${owner.email}  password  ${owner.password}`,
		`Sandbox     ${sandboxUrl}  (plays WhatsCloud: contacts, chats and messages)`,
		'',
		'Open the sandbox and write "hi" in a chat: a workflow in n8n answers.',
		'Ctrl-C stops everything. What was added in the sandbox is then gone; n8n keeps its workflows.',
	];
}
