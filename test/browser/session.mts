import type { Page } from 'playwright-core';
import { sharedStage, type SharedStage } from '../e2e/stage.mts';
import { openBrowser, takePicture } from './browser.mts';
import { Editor } from './editor.mts';

export interface Session {
	stage: SharedStage;
	editor: Editor;
	page: Page;
	/** Keeps what the screen shows now, for people to look at. */
	picture: (name: string) => Promise<void>;
	close: () => Promise<void>;
}

/** The session of all tests of a file, filled in before the first of them. */
export function useSession(): Session {
	const session = {} as Session;
	beforeAll(async () => {
		Object.assign(session, await openSession());
	});
	afterAll(async () => {
		await session.close();
	});
	return session;
}

/** A browser whose user is logged in to the shared n8n. */
async function openSession(): Promise<Session> {
	const stage = sharedStage();
	const { page, close } = await openBrowser({ deviceScaleFactor: 2 });
	try {
		const editor = new Editor(page, stage);
		await editor.logIn();
		return {
			stage,
			editor,
			page,
			picture: async (name) => {
				await takePicture(page, name);
			},
			close,
		};
	} catch (error) {
		await takePicture(page, 'failed log-in');
		await close();
		throw error;
	}
}
