// `npm run probe`: asks a WhatsCloud account what its server is.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { accountOf, Trouble, VARIABLES, type Account } from './account.mts';
import { probe } from './probe.mts';

const HELP = `npm run probe                        looks at your account, and changes nothing: about 30 requests, 40 seconds
npm run probe -- --write             also creates, changes and deletes records of its own; asks before it begins
npm run probe -- --send +4915112345  also sends one text to this number, your own, and one to nobody

Base URL, subdomain and token come from ${Object.values(VARIABLES).join(', ')}, or it asks for them.
The token is never shown or stored. The report for an issue is written to whatscloud-probe.json:
counts, keys and status codes, no names, no numbers, no texts.`;

const REPORT = 'whatscloud-probe.json';
/** Slower than the usual 60 requests a minute, which all integrations of an account share. */
const INTERVAL_MS = 1300;

const say = (line: string) => {
	process.stderr.write(`${line}\n`);
};

/** Asks on the terminal; what is secret is not echoed. */
async function asked(question: string, isSecret = false): Promise<string> {
	if (!process.stdin.isTTY) return '';
	const silent = new Writable({
		write(_chunk, _encoding, done) {
			done();
		},
	});
	process.stderr.write(question);
	const output = isSecret ? silent : process.stderr;
	const lines = createInterface({ input: process.stdin, output, terminal: isSecret });
	const answer = await lines.question('');
	lines.close();
	if (isSecret) process.stderr.write('\n');
	return answer;
}

async function accountFrom(env: NodeJS.ProcessEnv): Promise<Account> {
	return accountOf({
		baseUrl: env[VARIABLES.baseUrl] ?? (await asked('Base URL [https://whatscloud.pro/api/v1/]: ')),
		subdomain: env[VARIABLES.subdomain] ?? (await asked('Subdomain: ')),
		token: env[VARIABLES.token] ?? (await asked('API token (stays hidden): ', true)),
	});
}

async function isAgreed(writes: boolean, sendTo: string | undefined): Promise<boolean> {
	const what = [
		...(writes
			? ['create, change and delete a status, a source, a group and contacts of its own']
			: []),
		...(sendTo === undefined
			? []
			: [
					`send a WhatsApp text to ${sendTo} (as with any message, the server may write that contact's number with a + from then on)`,
				]),
	];
	if (what.length === 0) return true;
	return /^y(es)?$/i.test(await asked(`The probe will ${what.join(', and ')}. Go on? [y/N] `));
}

function numberOf(text: string): string {
	const digits = text.replace(/[\s().-]/g, '').replace(/^\+/, '');
	if (/^[1-9]\d{9,14}$/.test(digits)) return digits;
	throw new Trouble('--send takes a whole number with its country code, such as +4915112345678.');
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			write: { type: 'boolean', default: false },
			send: { type: 'string' },
			yes: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(HELP);
		return 0;
	}
	const sendTo = values.send === undefined ? undefined : numberOf(values.send);
	const account = await accountFrom(process.env);
	if (!values.yes && !(await isAgreed(values.write, sendTo))) {
		throw new Trouble('Not agreed, so nothing was asked. With --yes it does not ask.');
	}
	const interruption = new AbortController();
	process.once('SIGINT', () => {
		say('\nStopping. What was made is deleted first.');
		interruption.abort();
	});
	process.once('SIGTERM', () => {
		interruption.abort();
	});
	const { exitCode, lines, json } = await probe({
		...{ account, writes: values.write, sendTo, say, signal: interruption.signal },
		pace: {
			intervalMs: INTERVAL_MS,
			sleep: async (ms) => {
				await sleep(ms);
			},
			now: () => performance.now(),
		},
	});
	console.log(lines.join('\n'));
	if (json) {
		const on = new Date().toISOString().slice(0, 10);
		writeFileSync(REPORT, `${JSON.stringify({ on, ...json }, null, '\t')}\n`);
		console.log(`\nTo help, attach ${REPORT} to an issue. It holds nothing of your data.`);
	}
	return exitCode;
}

try {
	process.exitCode = await main();
} catch (error) {
	const isExplained = error instanceof Trouble || (error instanceof TypeError && 'code' in error);
	console.error(isExplained ? error.message : error);
	process.exitCode = 1;
}
