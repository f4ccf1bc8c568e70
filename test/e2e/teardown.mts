import { rmSync } from 'node:fs';
import { folders } from '../../sandbox/n8n/folders.mts';
import { running } from './running.mts';

export default async function teardown(): Promise<void> {
	await running.stage?.stop();
	rmSync(folders.endToEnd, { recursive: true, force: true });
}
