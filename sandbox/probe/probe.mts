import { Trouble, type Account } from './account.mts';
import { Findings } from './findings.mts';
import { Cleaning, type Made } from './made.mts';
import { read } from './reading.mts';
import { json, lines, type Run } from './report.mts';
import { send } from './sending.mts';
import { Wire, type Pace } from './wire.mts';
import { write } from './writing.mts';

export interface ProbeOptions {
	account: Account;
	/** Also creates, changes and deletes records of its own. */
	writes?: boolean;
	/** Also sends a text to this number of the user's own. */
	sendTo?: string;
	pace: Pace;
	say: (line: string) => void;
	signal?: AbortSignal;
}

export interface Outcome {
	/** 0: all was asked; 1: the account cannot be asked; 3: something was left behind; 130: interrupted. */
	exitCode: 0 | 1 | 3 | 130;
	lines: string[];
	/** Absent where the account cannot be asked. */
	json?: object;
	left: Made[];
}

const most = { read: 40, write: 60, send: 10 };

const inDashboard = { contacts: 'contact', statuses: 'status', sources: 'source', groups: 'group' };
const named = ({ resource, key, id }: Made) =>
	`${inDashboard[resource]} "${key}" (${id === undefined ? 'perhaps: no answer came' : `id ${id}`})`;

/** Asks a server what it is. Whatever happens, what was made is deleted again, or named. */
export async function probe(options: ProbeOptions): Promise<Outcome> {
	const { account, writes = false, sendTo, pace, say, signal } = options;
	const budget = most.read + (writes ? most.write : 0) + (sendTo === undefined ? 0 : most.send);
	const wire = new Wire(account, { ...pace, most: budget, say, signal });
	const findings = new Findings();
	const cleaning = new Cleaning(wire);
	const startedAt = pace.now();
	const reading = {
		...{ wire, findings },
		say: (what: string) => {
			say(`[${String(wire.asked).padStart(2)} requests] ${what}`);
		},
	};
	const did = ['read'];
	let stopped: Error | undefined;
	try {
		await read(reading);
		if (writes) {
			did.push('write');
			await write(reading, cleaning);
		}
		if (sendTo !== undefined) {
			did.push('send');
			await send(reading, cleaning, sendTo);
		}
	} catch (error) {
		stopped = error as Error;
	}
	wire.finish();
	if (did.length > 1) reading.say(stopped ? 'cleaning up before it ends' : 'cleaning up');
	const left = await cleaning.clean();
	const isInterrupted = signal?.aborted === true;
	const leftLines =
		left.length === 0
			? []
			: [
					'',
					'Left behind, as deleting failed. Please delete in WhatsCloud:',
					...left.map((made) => `  ${named(made)}`),
				];
	if (stopped) {
		const failed =
			stopped instanceof Trouble ? stopped.message : `The probe itself failed: ${stopped.stack}`;
		const words = isInterrupted ? 'Interrupted.' : failed;
		const clean = did.length > 1 && left.length === 0 ? ['What it had made is deleted.'] : [];
		const exitCode = left.length > 0 ? 3 : isInterrupted ? 130 : 1;
		return { exitCode, lines: [words, ...clean, ...leftLines], left };
	}
	const run: Run = {
		...{ findings, did, requests: wire.asked },
		seconds: Math.round((pace.now() - startedAt) / 1000),
		isWhatsCloud: new URL(account.baseUrl).hostname === 'whatscloud.pro',
	};
	return {
		exitCode: left.length > 0 ? 3 : 0,
		lines: [...lines(run), ...leftLines],
		json: json(run),
		left,
	};
}
