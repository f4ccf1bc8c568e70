import type { Page } from 'playwright-core';
import type { Recording } from './recording.mts';

const LONGEST_SECONDS = 8;

/** Says what is seen, and shows where the mouse is. */
export class Narrator {
	private readonly page: Page;
	private readonly recording: Recording;

	private constructor(page: Page, recording: Recording) {
		this.page = page;
		this.recording = recording;
		page.on('request', (request) => {
			// What was said of one page is not true of the next.
			if (request.isNavigationRequest()) recording.caption('', 0);
		});
	}

	static async on(page: Page, recording: Recording): Promise<Narrator> {
		await page.addInitScript(followMouse);
		return new Narrator(page, recording);
	}

	/** Shows the text until the next one, or the next page, and waits as long as a person needs to read it. */
	async say(text: string): Promise<void> {
		const seconds = Math.min(1.5 + text.length / 18, LONGEST_SECONDS);
		this.recording.caption(text, seconds);
		await this.page.waitForTimeout(seconds * 1000);
	}
}

/** Runs in the browser: a headless one paints no mouse. */
function followMouse(): void {
	if (window.top !== window) return;
	const dot = document.createElement('div');
	dot.style.cssText =
		'position:fixed;left:-40px;top:-40px;width:22px;height:22px;margin:-11px;border-radius:50%;' +
		'border:2px solid #fff;background:#e8710acc;z-index:2147483647;pointer-events:none';
	document.addEventListener(
		'mousemove',
		({ clientX, clientY }) => {
			if (!dot.isConnected) document.documentElement.append(dot);
			dot.style.left = `${String(clientX)}px`;
			dot.style.top = `${String(clientY)}px`;
		},
		true,
	);
}
