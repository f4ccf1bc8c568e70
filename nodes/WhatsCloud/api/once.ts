/** Runs `load` once for each key, and gives everybody its result. */
export type Once = <T>(key: string, load: () => Promise<T>) => Promise<T>;

export function createOnce(): Once {
	const loaded = new Map<string, Promise<unknown>>();
	return async <T>(key: string, load: () => Promise<T>) => {
		let promise = loaded.get(key) as Promise<T> | undefined;
		if (!promise) {
			promise = load();
			loaded.set(key, promise);
			// A failure is told to those who wait; who comes later tries again.
			promise.catch(() => loaded.delete(key));
		}
		return await promise;
	};
}
