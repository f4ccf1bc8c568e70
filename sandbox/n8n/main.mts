// What `npm start` does once Node 24 and the tools are there. Its --help is in ../start.mjs.
import { once } from 'node:events';
import { startTrial } from './trial.mts';

const say = (line: string) => {
	console.log(line);
};

const interruption = new AbortController();
const { signal } = interruption;
const interrupt = () => {
	interruption.abort();
};
process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);

try {
	const trial = await startTrial({ fresh: process.argv.includes('--fresh'), say, signal });
	say('');
	say(`n8n         ${trial.n8nUrl}`);
	say(`Log in as   ${trial.owner.email}  password  ${trial.owner.password}`);
	say(`WhatsCloud  ${trial.sandboxUrl}  (a stand-in with contacts, chats and messages)`);
	say('');
	say('Write "hi" in a chat of the stand-in: a workflow in n8n answers.');
	say('Ctrl-C stops everything.');
	const isInterrupted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
	await Promise.race([isInterrupted, trial.ended]);
	say(signal.aborted ? '\nStopping.' : 'n8n has ended; stopping.');
	await trial.stop();
	process.exitCode = signal.aborted ? 0 : 1;
} catch (error) {
	process.exitCode = signal.aborted ? 130 : 1;
	if (!signal.aborted) console.error(error instanceof Error ? error.message : error);
}
