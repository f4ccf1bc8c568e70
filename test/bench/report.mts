import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { folders } from '../../sandbox/n8n/folders.mts';
import type { Contender, Measured } from './stage.mts';

interface Bar {
	name: string;
	value: number;
	atMost: number;
}

export type Results = Record<string, Measured[]>;

export const figures: Record<string, unknown> = {};
const bars: Bar[] = [];

export function say(line: string): void {
	console.log(line);
}

export function bar(name: string, value: number, atMost: number): void {
	bars.push({ name, value, atMost });
}

export function barRequests(name: string, results: Results, atMost: number): void {
	bar(name, Math.max(...(results.WhatsCloud ?? []).map(({ requests }) => requests)), atMost);
}

export function countRequests(letter: string, results: Results, atMost: number): void {
	const all = results.WhatsCloud ?? [];
	barRequests(`${letter}: requests`, results, atMost);
	bar(`${letter}: items without an id`, 500 - Math.min(...all.map(({ withId }) => withId)), 0);
}

/** In turns, so that a noisy moment of the machine meets all of them. */
export async function compare(
	runs: number,
	what: string,
	contenders: Contender[],
	run: (contender: Contender) => Promise<Measured>,
): Promise<Results> {
	const results: Results = {};
	for (let turn = 1; turn <= runs; turn++) {
		for (const contender of contenders) {
			const measured = await run(contender);
			(results[contender.name] ??= []).push(measured);
			say(`${what}, ${contender.name}: ${JSON.stringify(measured)}`);
		}
	}
	figures[what] = results;
	return results;
}

export function seconds(results: Results, name: string): number {
	return median(results[name] ?? [], (measured) => measured.seconds);
}

export function median(all: Measured[], of: (measured: Measured) => number): number {
	return all.map(of).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

export function report(runs: number): void {
	const folder = join(folders.root, '.local', 'bench');
	mkdirSync(folder, { recursive: true });
	const file = join(folder, 'results.json');
	writeFileSync(file, JSON.stringify({ runs, bars, figures }, null, '\t'));
	console.table(
		bars.map(({ name, value, atMost }) => ({
			bar: name,
			value: Number(value.toFixed(3)),
			'at most': atMost,
			met: value <= atMost,
		})),
	);
	say(`All figures: ${file}`);
	if (bars.some(({ value, atMost }) => !(value <= atMost))) process.exitCode = 1;
}
