import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';

const LAST_SECONDS = 3;

interface Frame {
	file: string;
	/** Seconds since 1970, by the browser's clock. */
	at: number;
}

/** What the page shows, frame by frame as the browser paints it, made into a video by ffmpeg. */
export class Recording {
	private readonly cdp: CDPSession;
	private readonly folder: string;
	private readonly longestSeconds: number;
	private readonly frames: Frame[] = [];

	private constructor(cdp: CDPSession, folder: string, longestSeconds: number) {
		this.cdp = cdp;
		this.folder = folder;
		this.longestSeconds = longestSeconds;
	}

	/** @param longestSeconds a picture that stands for longer, because a machine is slow, is cut to this */
	static async start(page: Page, folder: string, longestSeconds: number): Promise<Recording> {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		const cdp = await page.context().newCDPSession(page);
		const recording = new Recording(cdp, folder, longestSeconds);
		cdp.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
			recording.keep(Buffer.from(data, 'base64'), metadata.timestamp ?? Date.now() / 1000);
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

	/** Ends the recording and writes the video; gives its length in seconds. */
	async develop(video: string): Promise<number> {
		await this.cdp.send('Page.stopScreencast');
		const timed = this.frames.map(({ file, at }, index) => {
			const next = this.frames[index + 1];
			const stands = next ? next.at - at : LAST_SECONDS;
			return { file, seconds: Math.min(Math.max(stands, 0), this.longestSeconds) };
		});
		// The last frame is named twice: ffmpeg takes no duration for the last line of a list.
		const lines = [...timed, ...timed.slice(-1)].map(
			({ file, seconds }) => `file ${file}\nduration ${seconds.toFixed(3)}\n`,
		);
		writeFileSync(join(this.folder, 'frames.txt'), lines.join(''));
		const { status, error } = spawnSync(
			'ffmpeg',
			[
				...['-y', '-loglevel', 'error', '-f', 'concat', '-i', 'frames.txt'],
				...['-vf', 'fps=15,format=yuv420p', '-c:v', 'libx264', '-crf', '23'],
				...['-movflags', '+faststart', video],
			],
			{ cwd: this.folder, stdio: 'inherit' },
		);
		if (error) throw new Error('ffmpeg is not installed: "apt-get install ffmpeg".');
		if (status !== 0) throw new Error('ffmpeg could not write the video.');
		return timed.reduce((sum, { seconds }) => sum + seconds, 0);
	}
}
