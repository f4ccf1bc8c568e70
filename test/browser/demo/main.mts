// `npm run demo`: the video that n8n asks for before it verifies a package, made with the packed package in a
// real n8n, beside the sandbox. Nothing of it ships.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { folders } from '../../../sandbox/n8n/folders.mts';
import { N8nClient } from '../../../sandbox/n8n/n8nClient.mts';
import { startStage } from '../../../sandbox/n8n/startStage.mts';
import { newOwner } from '../../../sandbox/n8n/trialState.mts';
import { interruption } from '../../e2e/interruption.mts';
import { openBrowser, takePicture } from '../browser.mts';
import { Editor } from '../editor.mts';
import { Narrator } from './narrator.mts';
import { Recording } from './recording.mts';
import { scenes } from './scenes.mts';

const MOST_SECONDS = 300;

const say = (line: string) => {
	console.log(line);
};

mkdirSync(folders.demo, { recursive: true });
const userFolder = mkdtempSync(join(folders.demo, 'n8n-'));
const stage = await startStage({ userFolder, sandbox: {}, say, signal: interruption() });
const { page, close } = await openBrowser({ viewport: { width: 1280, height: 800 }, slowMo: 250 });
try {
	const owner = newOwner();
	const n8n = new N8nClient(stage.n8nUrl);
	await n8n.setUpOwner(owner);
	const editor = new Editor(page, { ...stage, owner });
	await editor.logIn();

	const recording = await Recording.start(page, join(folders.demo, 'frames'));
	const narrator = await Narrator.on(page, recording);
	const caption = async (text: string) => {
		say(text);
		await narrator.say(text);
	};
	for (const scene of scenes) await scene({ editor, page, n8n, stage, caption });

	const video = join(folders.demo, 'demo.mp4');
	const seconds = await recording.develop(video);
	const megabytes = (statSync(video).size / 1e6).toFixed(1);
	say(`${relative(folders.root, video)}: ${Math.round(seconds)} s, ${megabytes} MB`);
	if (seconds > MOST_SECONDS) throw new Error('n8n asks for a video of less than five minutes.');
} catch (error) {
	await takePicture(page, 'failed demo');
	throw error;
} finally {
	await close();
	await stage.stop();
	rmSync(userFolder, { recursive: true, force: true });
}
