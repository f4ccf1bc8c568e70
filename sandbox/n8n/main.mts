// What `npm start` does once Node 24 and the tools are there. Its --help is in ../start.mjs.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { defaultGeneration, generationCalled } from '../server/generations.mts';
import { startTrial } from './trial.mts';
import { welcome } from './welcome.mts';

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
	const { values } = parseArgs({
		options: {
			fresh: { type: 'boolean', default: false },
			server: { type: 'string', default: defaultGeneration },
		},
	});
	const { fresh } = values;
	const trial = await startTrial({ fresh, server: generationCalled(values.server), say, signal });
	for (const line of welcome(trial)) say(line);
	const isInterrupted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
	await Promise.race([isInterrupted, trial.ended]);
	say(signal.aborted ? '\nStopping.' : 'n8n has ended; stopping.');
	await trial.stop();
	process.exitCode = signal.aborted ? 0 : 1;
} catch (error) {
	process.exitCode = signal.aborted ? 130 : 1;
	if (!signal.aborted) console.error(error instanceof Error ? error.message : error);
}
