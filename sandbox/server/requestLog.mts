import type { Input } from './input.mts';

export interface RequestRecord {
	number: number;
	/** ISO 8601. */
	at: string;
	method: string;
	path: string;
	query: Input;
	/** Without Authorization, of which only `authorization` tells. */
	headers: Record<string, string>;
	authorization: 'right' | 'wrong' | 'none';
	/** After trimming; files are left out. */
	body: Input;
	files: { field: string; name: string; mime: string; bytes: number; sha256: string }[];
	/** 0 while under way, and where the connection was reset. */
	status: number;
	durationMs: number;
	/** Whether its handler ran, that is: whether anything can have been written or sent. */
	processed: boolean;
	faults: string[];
}

/** Keeps the newest entries only. */
export class BoundedLog<Entry> {
	readonly entries: Entry[] = [];
	private readonly max: number;

	constructor(max: number) {
		this.max = max;
	}

	add(entry: Entry): void {
		if (this.entries.push(entry) > this.max * 1.25) {
			this.entries.splice(0, this.entries.length - this.max);
		}
	}

	clear(): void {
		this.entries.length = 0;
	}
}
