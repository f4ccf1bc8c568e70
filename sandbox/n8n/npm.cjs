// Plain JavaScript without dependencies: `npm start` needs it on any Node, before anything is installed;
// CommonJS, so that jest can load it as well.
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, statfsSync } = require('node:fs');
const { delimiter, dirname, join } = require('node:path');

// Measured, in units of 10^6 bytes on the disk. What is downloaded stays in npm's cache as well.
const MEGABYTES = {
	tools: { installed: 1300, downloaded: 400 },
	n8n: { installed: 2800, downloaded: 500 },
};

class NpmFailed extends Error {
	constructor(what, reason, lastLines) {
		super(`${what} failed. ${reason}\n\n${lastLines}`.trim());
		this.name = 'NpmFailed';
	}
}

const REASONS = [
	[/ENOSPC|no space left/i, 'The disk is full.'],
	[
		/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i,
		'npm could not reach its registry. Are you online, and is npm set up for your proxy?',
	],
	[
		/gyp ERR!|node-gyp/i,
		'A small part (SQLite) is compiled when no ready-made one is found. That needs Python 3, make and a C++ compiler: on Debian and Ubuntu "sudo apt install python3 make g++", on macOS "xcode-select --install".',
	],
	[
		/EACCES|EPERM/,
		'A file may not be written. Does the folder, or the npm cache, belong to another user?',
	],
	[
		/EUSAGE|package-lock/i,
		'The lock file does not fit package.json. Is the clone complete and unchanged?',
	],
];

function reasonOf(output) {
	return REASONS.find(([pattern]) => pattern.test(output))?.[1] ?? 'The end of what npm said:';
}

function megabytesFree(folder) {
	const existing = existsSync(folder) ? folder : dirname(folder);
	const { bavail, bsize } = statfsSync(existing);
	return (bavail * bsize) / 1e6;
}

/** `npm ci` replaces node_modules, so npm must not run on the Node that lies in there. */
function pathWithout(folder) {
	const path = process.env.PATH ?? '';
	return path
		.split(delimiter)
		.filter((entry) => entry !== folder)
		.join(delimiter);
}

/** Counts what `npm ci` has put there, not what the disk has lost: other programs write as well. */
function packageCounter(folder) {
	const lock = join(folder, 'package-lock.json');
	if (!existsSync(lock)) return undefined;
	const fits = (names, here) => !names || names.includes(here) || names[0]?.startsWith('!');
	const wanted = Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages)
		.filter(([path, { os, cpu }]) => path && fits(os, process.platform) && fits(cpu, process.arch))
		.map(([path]) => join(folder, path, 'package.json'));
	return () => `, ${wanted.filter((file) => existsSync(file)).length} of ${wanted.length} packages`;
}

function showProgress(what, count = () => '') {
	const begun = Date.now();
	const line = () => {
		const seconds = Math.round((Date.now() - begun) / 1000);
		return `  ${what}: ${seconds} s${count()}`;
	};
	if (!process.stdout.isTTY) {
		const timer = setInterval(() => console.log(line()), 30_000);
		return () => clearInterval(timer);
	}
	const draw = () => process.stdout.write(`\r${line()}\u001b[K`);
	const timer = setInterval(draw, 1000);
	return () => {
		clearInterval(timer);
		process.stdout.write('\r\u001b[K');
	};
}

/** What stays on the screen once every spinner has redrawn its line. */
function withoutAnimation(output) {
	return output
		.replace(/[^\n]*(?:\r|\u001b\[\d+D)(?!\n)/g, '')
		.replace(/\u001b\[[?\d;]*[A-Za-z]/g, '');
}

/** Runs npm, shows how far it is, and gives what it printed; throws NpmFailed with a reason in words. */
async function runNpm(args, { cwd, what, signal }) {
	signal?.throwIfAborted();
	const stopProgress = showProgress(what, args[0] === 'ci' ? packageCounter(cwd) : undefined);
	try {
		return await new Promise((resolve, reject) => {
			const npm = spawn('npm', [...args, '--no-audit', '--no-fund', '--no-progress'], {
				cwd,
				env: { ...process.env, PATH: pathWithout(join(process.cwd(), 'node_modules', '.bin')) },
				stdio: ['ignore', 'pipe', 'pipe'],
				// A group of its own, to be ended whole: npm alone would first take back what it did, for
				// minutes, and a compiler would go on. What is half done is done anew at the next start.
				detached: true,
			});
			const abort = () => {
				process.kill(-npm.pid, 'SIGKILL');
			};
			npm.on('spawn', () => signal?.addEventListener('abort', abort, { once: true }));
			npm.stdout.setEncoding('utf8');
			npm.stderr.setEncoding('utf8');
			let stdout = '';
			let tail = '';
			npm.stdout.on('data', (chunk) => {
				stdout += chunk;
				tail = (tail + chunk).slice(-20_000);
			});
			npm.stderr.on('data', (chunk) => {
				tail = (tail + chunk).slice(-20_000);
			});
			npm.on('error', (error) => {
				if (error.code === 'ENOENT') {
					reject(new NpmFailed(what, 'The command "npm" was not found on the PATH.', ''));
				} else reject(error);
			});
			npm.on('close', (code) => {
				signal?.removeEventListener('abort', abort);
				if (signal?.aborted) reject(signal.reason);
				else if (code === 0) resolve(stdout);
				else {
					const lastLines = withoutAnimation(tail).trim().split('\n').slice(-15).join('\n');
					reject(new NpmFailed(what, reasonOf(tail), lastLines));
				}
			});
		});
	} finally {
		stopProgress();
	}
}

exports.MEGABYTES = MEGABYTES;
exports.NpmFailed = NpmFailed;
exports.megabytesFree = megabytesFree;
exports.runNpm = runNpm;
