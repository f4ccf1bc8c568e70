export interface Frame {
	file: string;
	/** Seconds since 1970, as is every time here. */
	at: number;
}

export interface Caption {
	/** Empty where nothing is said. */
	text: string;
	from: number;
	readUntil: number;
}

/** A stretch of the video in which nothing changes. */
export interface Shot {
	file: string;
	caption: string;
	seconds: number;
}

/** A picture that nobody has to read stands no longer: some machines are slow. */
const LONGEST_UNREAD_SECONDS = 1;
/** How many times faster than in life a page loads, of which nothing is said yet. */
const LOADING_SPEED = 2;

/** Begins with the first caption, and leaves out most of the waiting. */
export function cut(frames: readonly Frame[], captions: readonly Caption[], end: number): Shot[] {
	const start = captions.find(({ text }) => text !== '')?.from ?? end;
	const changes = [
		...frames.map(({ at }) => at),
		...captions.flatMap(({ from, readUntil }) => [from, readUntil]),
	];
	const moments = [...changes.filter((at) => at > start && at < end), start, end].sort(
		(one, other) => one - other,
	);
	return moments.slice(0, -1).map((moment, index) => {
		const caption = captions.findLast(({ from }) => from <= moment);
		return {
			file: frames.findLast(({ at }) => at <= moment)?.file ?? '',
			caption: caption?.text ?? '',
			seconds: shown(moment, moments[index + 1] ?? end, caption),
		};
	});
}

function shown(from: number, until: number, caption: Caption | undefined): number {
	const seconds = until - from;
	if (caption && from < caption.readUntil) return seconds;
	const unread = Math.min(seconds, LONGEST_UNREAD_SECONDS);
	return caption?.text === '' ? unread / LOADING_SPEED : unread;
}
