import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server/sandbox.mts';

/** One sandbox for the tests of a block, back to its start before each of them. */
export function useSandbox(options?: SandboxOptions): { readonly sandbox: Sandbox } {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ randomSeed: 1, ...options });
	});
	beforeEach(() => {
		sandbox.reset();
	});
	afterAll(async () => {
		await sandbox.close();
	});
	return {
		get sandbox() {
			return sandbox;
		},
	};
}
