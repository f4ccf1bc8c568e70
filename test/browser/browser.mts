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
	viewport?: { width: number; height: number };
	/** Milliseconds after each step, for people who watch. */
	slowMo?: number;
}

/** A headless Chromium that knows nothing yet and keeps nothing. */
export async function openBrowser({
	viewport = { width: 1400, height: 900 },
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
