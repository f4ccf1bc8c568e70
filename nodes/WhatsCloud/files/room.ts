/** Room for the files of a run, so that their bytes together do not fill n8n's memory. */
export interface Room {
	/** Resolves when there is room for so many bytes, in turn; a file above the limit is alone. Tells whether it waited. */
	hold(bytes: number): Promise<boolean>;
	release(bytes: number): void;
}

export function createRoom(limit: number): Room {
	let held = 0;
	const waiting: Array<{ bytes: number; enter: () => void }> = [];
	const fits = (bytes: number) => held === 0 || held + bytes <= limit;
	return {
		hold: async (bytes) => {
			if (waiting.length === 0 && fits(bytes)) {
				held += bytes;
				return false;
			}
			await new Promise<void>((enter) => waiting.push({ bytes, enter }));
			return true;
		},
		release: (bytes) => {
			held -= bytes;
			for (let [next] = waiting; next && fits(next.bytes); [next] = waiting) {
				waiting.shift();
				held += next.bytes;
				next.enter();
			}
		},
	};
}
