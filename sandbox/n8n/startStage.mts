import { startSandbox, type Sandbox, type SandboxOptions } from '../server/sandbox.mts';
import { installN8n } from './installN8n.mts';
import { installTarball } from './installTarball.mts';
import type { Credential } from './n8nClient.mts';
import { packPackage } from './packPackage.mts';
import { startN8n, type N8nOptions } from './startN8n.mts';

export interface Stage {
	n8nUrl: string;
	sandbox: Sandbox;
	sandboxUrl: string;
	/** Opens the sandbox's account; named as the examples name it. */
	credential: Credential;
	/** Resolves when n8n has ended, by itself or by stop(). */
	ended: Promise<void>;
	stop(): Promise<void>;
}

interface StageOptions extends Omit<N8nOptions, 'port'> {
	sandbox: Omit<SandboxOptions, 'port'>;
	say: (line: string) => void;
	/** Asked only after the installation, which takes minutes the first time. */
	ports?: () => Promise<{ n8n: number; sandbox: number }>;
}

/** A real n8n with the packed package in it, beside a sandbox; installs and builds what is missing. */
export async function startStage(options: StageOptions): Promise<Stage> {
	const { sandbox: sandboxOptions, say, ports, ...n8nOptions } = options;
	const { userFolder, installation, signal } = n8nOptions;
	await installN8n(say, { installation, signal });
	await installTarball(userFolder, await packPackage(say, { signal }), { signal });

	const port = await ports?.();
	say('Starting n8n and the sandbox.');
	const sandbox = await startSandbox({ ...sandboxOptions, port: port?.sandbox });
	try {
		const n8n = await startN8n({ ...n8nOptions, port: port?.n8n });
		return {
			n8nUrl: n8n.url,
			sandbox,
			sandboxUrl: sandbox.url,
			credential: {
				name: 'WhatsCloud account',
				type: 'whatsCloudApi',
				data: {
					baseUrl: sandbox.baseUrl,
					subdomain: sandbox.subdomain,
					apiToken: sandbox.token,
				},
			},
			ended: n8n.ended,
			stop: async () => {
				await n8n.stop();
				await sandbox.close();
			},
		};
	} catch (error) {
		await sandbox.close();
		throw error;
	}
}
