import { rmSync } from 'node:fs';
import { running } from './running.mts';

export default async function teardown(): Promise<void> {
	await running.stage?.stop();
	if (running.userFolder !== undefined) {
		rmSync(running.userFolder, { recursive: true, force: true });
	}
}
