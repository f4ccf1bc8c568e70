#!/usr/bin/env node
// `npm start`: everything that must work on any Node, with nothing installed yet. The rest is main.mts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MEGABYTES, megabytesFree, NpmFailed, runNpm } from './n8n/npm.cjs';

const OLDEST_NODE = 20;
const { tools, n8n } = MEGABYTES;
const MEGABYTES_HERE = tools.installed + n8n.installed;
const MEGABYTES_OF_CACHE = tools.downloaded + n8n.downloaded;

const HELP = `npm start                 starts a local n8n with this node in it, beside a sandbox that plays
                          WhatsCloud
npm start -- --fresh      begins anew: forgets the local n8n's workflows, login and data
npm start -- --server C   plays another version of WhatsCloud's server: A (August 2025), B, B2, C, D (early 2026,
                          the default) or brand (what other brands of the same product document)
npm start -- --help       this text

The first start installs what is missing: ${(MEGABYTES_HERE / 1000).toFixed(1)} GB in this folder (node_modules and .local), and up to
${(MEGABYTES_OF_CACHE / 1000).toFixed(1)} GB in npm's own cache. That takes six to ten minutes.`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundledNode = join(root, 'node_modules', '.bin', 'node');

class CannotStart extends Error {}

/** What an interrupted `npm ci` leaves behind lacks npm's own record, or has another one. */
function isPackageInstalled() {
	const record = join(root, 'node_modules', '.package-lock.json');
	if (!existsSync(record)) return false;
	const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
	const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
	const isCurrent = Object.entries(wanted).every(
		([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
	);
	return isCurrent && spawnSync(bundledNode, ['--version']).status === 0;
}

function checkMachine() {
	if (process.platform === 'win32') {
		throw new CannotStart(
			'The local n8n runs on Linux and macOS; on Windows, run it inside WSL. The node itself works in any n8n, on Windows too.',
		);
	}
	if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
		throw new CannotStart(
			`This needs Node ${OLDEST_NODE} or newer; yours is ${process.versions.node}.`,
		);
	}
}

async function installPackage(signal) {
	if (isPackageInstalled()) return;
	const free = megabytesFree(root);
	const needed = MEGABYTES_HERE + MEGABYTES_OF_CACHE;
	if (free < needed) {
		throw new CannotStart(
			`This needs about ${needed} MB of disk; ${Math.round(free)} MB are free.`,
		);
	}
	console.log(
		`Installing the package's tools into node_modules: about ${tools.installed} MB, 1 to 2 minutes, this once.`,
	);
	await runNpm(['ci'], {
		cwd: root,
		what: 'Installing the tools',
		signal,
	});
	if (!isPackageInstalled()) {
		throw new CannotStart(
			'npm ci ended well, but Node 24 is not in node_modules. Does your npm have "ignore-scripts" set? Run "npm ci --ignore-scripts=false", then "npm start" again.',
		);
	}
}

function handOver(args) {
	const main = join(root, 'sandbox', 'n8n', 'main.mts');
	const child = spawn(bundledNode, [main, ...args], { cwd: root, stdio: 'inherit' });
	// The terminal's Ctrl-C reaches the child by itself; a signal to this process alone does not.
	process.on('SIGINT', () => {}).on('SIGHUP', () => {});
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	// npm runs scripts in a shell, which dies of SIGTERM without passing it on.
	const shell = process.ppid;
	const shellWatch = setInterval(() => {
		if (process.env.npm_lifecycle_event && process.ppid !== shell) child.kill('SIGTERM');
	}, 1000);
	child.on('exit', (code) => {
		clearInterval(shellWatch);
		process.exitCode = code ?? 1;
	});
}

async function start(args) {
	if (args.includes('--help')) {
		console.log(HELP);
		return;
	}
	const isServer = (index) => args[index] === '--server' && args[index + 1] !== undefined;
	const unknown = args.find(
		(arg, index) => arg !== '--fresh' && !isServer(index) && !isServer(index - 1),
	);
	if (unknown !== undefined) throw new CannotStart(`Unknown option "${unknown}".\n\n${HELP}`);
	checkMachine();

	process.chdir(root);
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
	await installPackage(interrupted.signal);
	process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
	handOver(args);
}

start(process.argv.slice(2)).catch((error) => {
	if (error.name === 'AbortError') {
		console.error('Stopped. "npm start" begins this step again.');
		process.exitCode = 130;
		return;
	}
	const isExplained = error instanceof CannotStart || error instanceof NpmFailed;
	console.error(isExplained ? error.message : error);
	process.exitCode = 1;
});
