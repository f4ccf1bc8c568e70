/** How much the first start writes, in units of 10^6 bytes. */
export const MEGABYTES: Record<'tools' | 'n8n', { installed: number; downloaded: number }>;

export function megabytesFree(folder: string): number;

export function runNpm(
	args: readonly string[],
	options: { cwd: string; what: string; signal?: AbortSignal },
): Promise<string>;
