import type { IExecuteFunctions } from 'n8n-workflow';

import { throwIfEnded } from '../api/connect';
import { binaryFile } from '../files/binaryFile';
import { createDownloads } from '../files/download';
import { createRoom } from '../files/room';
import type { Call, Fields } from '../operation';

/** An upload is in memory several times over while it is sent. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** How one item gets at its files. */
export interface FilesOfItem extends Pick<Call<Fields>, 'binary' | 'download'> {
	/** The item is done with them. */
	release(): void;
}

/** The files of a run. What waits for room when the run ends rejects with RunEnded. */
export function openFiles(
	context: IExecuteFunctions,
	{ timeout, ended }: { timeout: number; ended: AbortSignal },
): (index: number) => FilesOfItem {
	const room = createRoom(MAX_HELD_BYTES);
	const download = createDownloads(context, timeout);
	return (index) => {
		let held: number | undefined;
		/** An item that holds room gives back what turns out to be too much, and does not wait a second time. */
		const hold = async (bytes: number): Promise<boolean> => {
			if (held !== undefined) {
				const surplus = Math.max(held - bytes, 0);
				held -= surplus;
				room.release(surplus);
				return false;
			}
			held = bytes;
			const hasWaited = await room.hold(bytes);
			throwIfEnded(ended);
			return hasWaited;
		};
		return {
			binary: (reference) => {
				const file = binaryFile(context, index, reference);
				return {
					...file,
					read: async () => {
						await hold(file.size ?? 0);
						return await file.read();
					},
				};
			},
			download: async (url, wanted) => {
				throwIfEnded(ended);
				const { data, ...file } = await download(url, { ...wanted, hold });
				await hold(data.byteLength);
				return { ...file, size: data.byteLength, read: async () => await Promise.resolve(data) };
			},
			release: () => {
				room.release(held ?? 0);
				held = undefined;
			},
		};
	};
}
