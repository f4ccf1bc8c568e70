import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PICTURES, takePicture } from './browser.mts';

/** Frames of what a test saw, made into an animated picture for the README where ffmpeg is installed. */
export class Film {
	private readonly page: Page;
	private readonly name: string;
	private readonly frames: { file: string; seconds: number }[] = [];

	constructor(page: Page, name: string) {
		this.page = page;
		this.name = name;
	}

	async frame(seconds: number): Promise<void> {
		const file = `${this.name}-${String(this.frames.length).padStart(2, '0')}`;
		await takePicture(this.page, file);
		this.frames.push({ file: `${file}.png`, seconds });
	}

	/** Types as a person does, one frame for each few letters. */
	async type(selector: string, text: string): Promise<void> {
		await this.page.focus(selector);
		for (const letters of text.match(/.{1,3}/g) ?? []) {
			await this.page.keyboard.type(letters);
			await this.frame(0.25);
		}
	}

	develop(): void {
		// The last frame is named twice: ffmpeg takes no duration for the last line of a list.
		const listed = [...this.frames, ...this.frames.slice(-1)];
		const list = listed.map(({ file, seconds }) => `file ${file}\nduration ${seconds}\n`).join('');
		writeFileSync(join(PICTURES, `${this.name}.txt`), list);
		const colours = 'split[a][b];[a]palettegen=max_colors=96[p];[b][p]paletteuse=dither=none';
		spawnSync(
			'ffmpeg',
			[
				...['-y', '-loglevel', 'error', '-f', 'concat', '-i', `${this.name}.txt`],
				...['-vf', `fps=8,scale=800:-1:flags=lanczos,${colours}`, `${this.name}.gif`],
			],
			{ cwd: PICTURES },
		);
	}
}
