import { serverSchema, type ServerSwitch } from '../server/generations.mts';
import type { Findings } from './findings.mts';
import { meaningOf, recognize, type Recognition } from './recognize.mts';

export interface Run {
	findings: Findings;
	requests: number;
	seconds: number;
	/** What was done: read, write, send. */
	did: string[];
	isWhatsCloud: boolean;
}

const names = {
	A: 'A (August 2025)',
	B: 'B (September 2025)',
	B2: 'B2 (November 2025)',
	C: 'C (December 2025)',
	D: 'D (early 2026)',
	brand: "the other brands' documents",
};

function verdict({ generations, differences, settled }: Recognition): string[] {
	const which = generations.map((generation) => names[generation]).join(' or ');
	if (differences.length === 0) {
		const why = generations.length > 1 ? ': nothing that was asked tells them apart' : '';
		return [`This server is ${which}${why}. All ${settled} switches that were settled are so.`];
	}
	const count = differences.length === 1 ? 'one switch' : `${differences.length} switches`;
	return [
		`This server is none of the known ones. Nearest is ${which}; ${count} of ${settled} differ:`,
		...differences.map(
			({ name, says, came, expected }) =>
				`  ${name}: ${JSON.stringify(came)}, not ${JSON.stringify(expected)} (${says})`,
		),
	];
}

const row = (left: string, right: string, more = '') =>
	`  ${left.padEnd(10)} ${right}${more === '' ? '' : `  [${more}]`}`;

/** The report for people. */
export function lines({ findings, requests, seconds, did }: Run): string[] {
	const { switches, notAsked, facts, counts } = findings;
	const known = Object.keys(serverSchema.shape) as ServerSwitch[];
	const settled = known.filter((name) => name in switches);
	const open = known.filter((name) => !(name in switches));
	return [
		...verdict(recognize(switches)),
		'',
		'Switches, as sandbox/server/generations.mts calls them:',
		...settled.map((name) => `  ${name} = ${JSON.stringify(switches[name])}  ${meaningOf(name)}`),
		`  Not settled: ${open.map((name) => `${name}${notAsked[name] ? ` (${notAsked[name]})` : ''}`).join(', ')}`,
		'',
		'What all versions should do:',
		...facts.map(({ verdict: is, says, came }) => row(is, says, came)),
		'',
		'Counted:',
		...Object.entries(counts).map(([what, count]) => row(String(count), what)),
		'',
		`${requests} requests in ${seconds} seconds (${did.join(', ')}).`,
	];
}

/** The same for an issue: counts, keys and statuses, nothing of what the account holds. */
export function json({ findings, requests, seconds, did, isWhatsCloud }: Run): object {
	const { switches, notAsked, facts, counts } = findings;
	const { generations, differences } = recognize(switches);
	return {
		...{ version: 1, server: isWhatsCloud ? 'whatscloud.pro' : 'another', did, requests, seconds },
		...{ generations, differences, switches, notAsked, facts, counts },
	};
}
