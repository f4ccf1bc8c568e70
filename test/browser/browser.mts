import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

export const PICTURES = join(process.cwd(), '.local', 'screenshots');

export interface Browser {
	page: Page;
	close: () => Promise<void>;
}

interface BrowserOptions {
	/** Unless given, about as wide as GitHub shows a picture, so that people can read what is on it. */
	viewport?: { width: number; height: number };
	/** Pixels of a picture for each pixel of the page, and direction. */
	deviceScaleFactor?: number;
	/** Milliseconds after each step, for people who watch. */
	slowMo?: number;
}

/** A headless Chromium that knows nothing yet and keeps nothing. */
export async function openBrowser({
	viewport = { width: 960, height: 900 },
	deviceScaleFactor,
	slowMo,
}: BrowserOptions = {}): Promise<Browser> {
	const profile = mkdtempSync(join(tmpdir(), 'whatscloud-browser-'));
	const remove = () => {
		rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		const context = await chromium.launchPersistentContext(profile, {
			executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
			viewport,
			deviceScaleFactor,
			slowMo,
			// Animations would make pictures of half-open menus.
			reducedMotion: 'reduce',
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		});
		return {
			page: context.pages()[0] ?? (await context.newPage()),
			close: async () => {
				await context.close();
				remove();
			},
		};
	} catch (error) {
		remove();
		throw error;
	}
}

/** Pictures for people, kept after the run: what a test saw, and what the README shows. */
export async function takePicture(page: Page, name: string): Promise<void> {
	mkdirSync(PICTURES, { recursive: true });
	await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
}
