import { startSharedStage } from '../e2e/setup.mts';
import { oldestN8n } from './oldestN8n.mts';

export default async function setup(): Promise<void> {
	await startSharedStage(oldestN8n);
}
