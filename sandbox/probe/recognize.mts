import {
	generations,
	serverOf,
	serverSchema,
	type Generation,
	type Server,
	type ServerSwitch,
} from '../server/generations.mts';

export interface Difference {
	name: ServerSwitch;
	says: string;
	came: unknown;
	expected: unknown;
}

export interface Recognition {
	/** Those that fit best: more than one where nothing that was asked tells them apart. */
	generations: Generation[];
	/** To the first of them; none where it is that one. */
	differences: Difference[];
	settled: number;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const meaningOf = (name: ServerSwitch) => serverSchema.shape[name].description ?? name;

function differencesTo(generation: Generation, switches: Partial<Server>): Difference[] {
	const expected = serverOf(generation);
	return (Object.keys(switches) as ServerSwitch[])
		.filter((name) => !same(switches[name], expected[name]))
		.map((name) => ({
			...{ name, says: meaningOf(name) },
			...{ came: switches[name], expected: expected[name] },
		}));
}

/** Which generation answers: the one from which the fewest switches differ. */
export function recognize(switches: Partial<Server>): Recognition {
	const all = generations.map((generation) => ({
		generation,
		differences: differencesTo(generation, switches),
	}));
	const fewest = Math.min(...all.map(({ differences }) => differences.length));
	const best = all.filter(({ differences }) => differences.length === fewest);
	return {
		generations: best.map(({ generation }) => generation),
		differences: best[0]?.differences ?? [],
		settled: Object.keys(switches).length,
	};
}
