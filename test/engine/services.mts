import './userFolder.mts';
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { BinaryDataConfig, BinaryDataService, ErrorReporter } from 'n8n-core';
import { type Logger, setSafeRegexEngine } from 'n8n-workflow';

interface EngineLogger extends Logger {
	scoped: () => EngineLogger;
}
type Service<Instance> = abstract new (...args: never[]) => Instance;
interface Registry {
	get<Instance>(type: Service<Instance>): Instance;
	set<Instance>(type: Service<Instance>, instance: Instance): void;
}
interface Di {
	Container: Registry;
}
interface BackendCommon {
	Logger: Service<EngineLogger>;
}
// n8n-core carries its own copies of these two; another copy would be another registry.
const requireFromCore = createRequire(require.resolve('n8n-core'));
export const { Container } = requireFromCore('@n8n/di') as Di;
const backendCommon = requireFromCore('@n8n/backend-common') as BackendCommon;

export interface LogLine {
	level: 'error' | 'warn' | 'info' | 'debug';
	message: string;
	metadata?: unknown;
}

export const logsOfRun = new AsyncLocalStorage<LogLine[]>();
const engineLogger = Container.get(backendCommon.Logger);
for (const level of ['error', 'warn', 'info', 'debug'] as const) {
	engineLogger[level] = (message: string, metadata?: unknown) => {
		logsOfRun.getStore()?.push({ level, message, ...(metadata === undefined ? {} : { metadata }) });
	};
}
engineLogger.scoped = () => engineLogger;

// n8n's own gives a pattern up after 250 ms by the clock, which a busy machine takes for the simplest one.
setSafeRegexEngine({
	exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
	test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
	replace: (pattern, input, flags, by) => input.replace(new RegExp(pattern, flags), by),
	matchAll: (pattern, input, flags = '') => [
		...input.matchAll(new RegExp(pattern, flags.includes('g') ? flags : `${flags}g`)),
	],
	split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
});

/** Where n8n keeps files; `combined` is the filesystem, with the workflow's setting of that name. */
export type BinaryMode = 'default' | 'filesystem' | 'combined';

const newBinaryStore = () =>
	new BinaryDataService(
		Container.get(BinaryDataConfig),
		Container.get(ErrorReporter),
		engineLogger as unknown as ConstructorParameters<typeof BinaryDataService>[2],
	);
const memory = newBinaryStore();
let filesystem: Promise<BinaryDataService> | undefined;

/** The store is one for the whole engine, so runs with different modes must not overlap. */
export const useBinaryMode = async (mode: BinaryMode): Promise<void> => {
	if (mode === 'default') {
		Container.set(BinaryDataService, memory);
		return;
	}
	filesystem ??= (async () => {
		const store = newBinaryStore();
		await store.init();
		return store;
	})();
	Container.set(BinaryDataService, await filesystem);
};
