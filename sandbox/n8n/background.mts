import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_SECONDS = 15;

export interface BackgroundProcess {
	pid: number;
	logFile: string;
	/** Resolves when it has ended, whoever ended it. */
	ended: Promise<void>;
	stop(): Promise<void>;
}

export interface BackgroundOptions {
	/** For error messages. */
	name: string;
	command: readonly [string, ...string[]];
	cwd: string;
	env: NodeJS.ProcessEnv;
	logFile: string;
	/** Another user's, which only root can choose. */
	identity?: { uid: number; gid: number };
	stopSignal?: NodeJS.Signals;
	isReady: () => Promise<boolean>;
	readyWithinSeconds: number;
	signal?: AbortSignal;
}

function killGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** Starts a server in a process group of its own, which ends with this process, and waits until it is ready. */
export async function startInBackground(options: BackgroundOptions): Promise<BackgroundProcess> {
	const { name, command, cwd, env, logFile, identity, stopSignal = 'SIGTERM', signal } = options;
	const [program, ...args] = command;
	const log = openSync(logFile, 'a');
	const child = spawn(program, args, {
		cwd,
		env,
		...identity,
		stdio: ['ignore', log, log],
		// A group of its own, so that the terminal's Ctrl-C reaches it once, through stop().
		detached: true,
	});
	closeSync(log);
	const { pid } = child;
	if (pid === undefined) throw new Error(`${name} could not be started.`);

	const killWithUs = () => {
		killGroup(pid);
	};
	process.once('exit', killWithUs);
	const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => {
			// Its own children, such as n8n's task runners, are in the same group.
			killGroup(pid);
			process.off('exit', killWithUs);
			resolve();
		});
	});
	const stop = async () => {
		if (hasEnded()) return;
		child.kill(stopSignal);
		const tooLate = setTimeout(() => {
			killGroup(pid);
		}, GRACE_SECONDS * 1000);
		await ended;
		clearTimeout(tooLate);
	};

	const deadline = Date.now() + options.readyWithinSeconds * 1000;
	while (!(await options.isReady())) {
		if (hasEnded() || signal?.aborted || Date.now() > deadline) {
			await stop();
			signal?.throwIfAborted();
			const lastLines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
			throw new Error(`${name} did not start. The end of its log, ${logFile}:\n${lastLines}`);
		}
		await delay(200);
	}
	return { pid, logFile, ended, stop };
}
