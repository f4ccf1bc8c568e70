export function megabytesFree(folder: string): number;

export function runNpm(
	args: readonly string[],
	options: { cwd: string; what: string; megabytesExpected?: number; signal?: AbortSignal },
): Promise<string>;
