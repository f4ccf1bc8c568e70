import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { cut, type Caption, type Frame, type Shot } from './cut.mts';

/** A bar below the page, so that captions hide nothing of it. */
const BAR = 'pad=iw:ih+72:color=0x0b3d2e';
// Sizes are those of a screen 288 high, whatever the video's size: that is what SRT is.
const STYLE =
	'FontName=DejaVu Sans,Bold=1,FontSize=8.5,Outline=0,Shadow=0,Alignment=2,MarginV=7,MarginL=4,MarginR=4';

/** What the page shows, frame by frame as the browser paints it, made into a video by ffmpeg. */
export class Recording {
	private readonly cdp: CDPSession;
	private readonly folder: string;
	private readonly frames: Frame[] = [];
	private readonly captions: Caption[] = [];

	private constructor(cdp: CDPSession, folder: string) {
		this.cdp = cdp;
		this.folder = folder;
	}

	static async start(page: Page, folder: string): Promise<Recording> {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		const cdp = await page.context().newCDPSession(page);
		const recording = new Recording(cdp, folder);
		cdp.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
			recording.keep(Buffer.from(data, 'base64'), metadata.timestamp ?? now());
			// The page may be closed before the browser hears of it.
			cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
		});
		await cdp.send('Page.startScreencast', { format: 'jpeg', quality: 90 });
		return recording;
	}

	private keep(picture: Buffer, at: number): void {
		const file = `${String(this.frames.length).padStart(5, '0')}.jpg`;
		writeFileSync(join(this.folder, file), picture);
		this.frames.push({ file, at });
	}

	/** Shows the caption from now on, until the next one; people need that many seconds to read it. */
	caption(text: string, readingSeconds: number): void {
		const from = now();
		this.captions.push({ text, from, readUntil: from + readingSeconds });
	}

	/** Ends the recording and writes the video; gives its length in seconds. */
	async develop(video: string): Promise<number> {
		await this.cdp.send('Page.stopScreencast');
		const shots = cut(this.frames, this.captions, now());
		// The last frame is named twice: ffmpeg takes no duration for the last line of a list.
		const lines = [...shots, ...shots.slice(-1)].map(
			({ file, seconds }) => `file ${file}\nduration ${seconds.toFixed(3)}\n`,
		);
		writeFileSync(join(this.folder, 'frames.txt'), lines.join(''));
		writeFileSync(join(this.folder, 'captions.srt'), subtitles(shots));
		const { status, error } = spawnSync(
			'ffmpeg',
			[
				...['-y', '-loglevel', 'error', '-f', 'concat', '-i', 'frames.txt', '-vf'],
				`fps=15,${BAR},subtitles=captions.srt:force_style='${STYLE}',format=yuv420p`,
				...['-c:v', 'libx264', '-crf', '23', '-movflags', '+faststart', video],
			],
			{ cwd: this.folder, stdio: 'inherit' },
		);
		if (error) throw new Error('ffmpeg is not installed: "apt-get install ffmpeg".');
		if (status !== 0) throw new Error('ffmpeg could not write the video.');
		return shots.reduce((sum, { seconds }) => sum + seconds, 0);
	}
}

/** Seconds since 1970, as the browser counts them. */
function now(): number {
	return Date.now() / 1000;
}

function subtitles(shots: readonly Shot[]): string {
	let start = 0;
	const entries = shots.map(({ caption, seconds }, index) => {
		const end = start + seconds;
		// ffmpeg takes what stands in braces for a command.
		const words = caption.replaceAll('{', '\\{');
		const entry = `${String(index + 1)}\n${clock(start)} --> ${clock(end)}\n${words}\n\n`;
		start = end;
		return caption === '' ? '' : entry;
	});
	return entries.join('');
}

/** As SRT writes a time, for example 00:01:05,250. */
function clock(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(11, 23).replace('.', ',');
}
