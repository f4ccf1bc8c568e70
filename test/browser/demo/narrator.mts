import type { Page } from 'playwright-core';

/** Longest time that a caption stands, in seconds. */
export const LONGEST_CAPTION = 8;

/** Shows captions over whatever page is open, and where the mouse is. */
export class Narrator {
	private readonly page: Page;
	private text = '';

	private constructor(page: Page) {
		this.page = page;
		page.on('domcontentloaded', () => {
			// A page that is left at once needs no caption.
			this.show().catch(() => undefined);
		});
	}

	static async on(page: Page): Promise<Narrator> {
		await page.addInitScript(followMouse);
		return new Narrator(page);
	}

	/** Shows the text and waits as long as a person needs to read it. */
	async say(text: string): Promise<void> {
		this.text = text;
		await this.show();
		const seconds = Math.min(1.5 + text.length / 18, LONGEST_CAPTION);
		await this.page.waitForTimeout(seconds * 1000);
	}

	private async show(): Promise<void> {
		await this.page.evaluate(showCaption, this.text);
	}
}

/** Runs in the browser. */
function showCaption(text: string): void {
	const known = document.getElementById('demo-caption');
	const caption = known ?? document.createElement('div');
	caption.id = 'demo-caption';
	caption.textContent = text;
	caption.style.cssText =
		'position:fixed;left:50%;bottom:14px;transform:translateX(-50%);width:max-content;max-width:1000px;' +
		'padding:12px 24px;border-radius:12px;background:#0b3d2ef2;color:#fff;text-align:center;' +
		'font:600 20px/1.35 system-ui,sans-serif;z-index:2147483647;pointer-events:none';
	if (text === '') caption.remove();
	else document.documentElement.append(caption);
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
