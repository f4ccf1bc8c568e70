import pLimit from 'p-limit';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { throwIfEnded } from '../api/http';
import { InputError, quoted } from '../checks/text';
import { objectOf } from '../checks/json';
import type { BinaryReference, ChosenFile } from '../operation';
import type { LoadedFile } from './download';
import { createDownloads, directAddress, urlNeedsUpload } from './download';
import { BEGINNING_BYTES, checkSize, KINDS, MIB, uploadName } from './formats';

export type FilesOfItem = ReturnType<ReturnType<typeof openFiles>>;

/** An upload is in memory several times over while it is sent. */
const MAX_HELD_BYTES = 64 * MIB;

/** The files of a run. What waits for its turn when the run ends rejects with RunEnded. */
export function openFiles(
	context: IExecuteFunctions,
	{ timeout, ended }: { timeout: number; ended: AbortSignal },
) {
	const room = createRoom(MAX_HELD_BYTES);
	const download = createDownloads(context, timeout);
	return (index: number) => {
		let held = 0;
		const load = async (read: () => Promise<LoadedFile>, size?: number) => {
			const file = await room.load(async () => {
				throwIfEnded(ended);
				return await read();
			}, size);
			held += file.data.byteLength;
			return file;
		};
		return {
			checkFile: async ({ kind, reference, givenName }: ChosenFile) => {
				if (reference === undefined) return;
				const file = binaryFile(context, index, reference);
				if (file.size !== undefined) checkSize(kind, file.size);
				uploadName({ kind, givenName, ...file }, await file.beginning());
			},
			fileToUpload: async ({ kind, reference, url = '', givenName }: ChosenFile) => {
				if (reference === undefined && !urlNeedsUpload(url, kind)) return undefined;
				const maxBytes = KINDS[kind].maxMiB * MIB;
				const { read, size } =
					reference === undefined
						? { read: async () => await download(directAddress(url), maxBytes), size: 0 }
						: binaryFile(context, index, reference);
				const file = await load(read, size);
				checkSize(kind, file.data.byteLength);
				const { name, mimeType } = uploadName({ kind, givenName, ...file }, file.data);
				return new File([file.data], name, { type: mimeType });
			},
			release: () => {
				room.release(held);
				held = 0;
			},
		};
	};
}

/** Room for the files of a run, so that their bytes together do not fill n8n's memory. */
export function createRoom(limit: number) {
	const inTurn = pLimit(1);
	let held = 0;
	let wake: () => void = () => undefined;
	const waitFor = async (bytes: number) => {
		while (held > 0 && held + bytes > limit)
			await new Promise<void>((released) => (wake = released));
	};
	return {
		/** Loads files one after the other. Each resolves when it fits with those before it, or when it is alone. */
		load: async (read: () => Promise<LoadedFile>, expected = 0) =>
			await inTurn(async () => {
				await waitFor(expected);
				const file = await read();
				await waitFor(file.data.byteLength);
				held += file.data.byteLength;
				return file;
			}),
		release: (bytes: number) => {
			held -= bytes;
			wake();
		},
	};
}

/** A file of the item or of an earlier node, wherever n8n keeps it. @throws InputError when there is none */
function binaryFile(context: IExecuteFunctions, itemIndex: number, given: BinaryReference) {
	const { json, binary } = context.getInputData()[itemIndex] ?? {};
	// Where n8n puts them in workflows with the setting "binary mode: combined".
	const inJson = objectOf(json?._files) as Record<string, IBinaryData>;
	const reference = (typeof given === 'string' ? inJson[given] : undefined) ?? given;
	let file: IBinaryData;
	try {
		file = context.helpers.assertBinaryData(itemIndex, reference);
	} catch {
		throw noFile(given, Object.keys({ ...inJson, ...binary }));
	}
	const { fileName, mimeType, bytes } = file;
	const read = async () => await context.helpers.getBinaryDataBuffer(itemIndex, reference);
	return {
		...{ fileName, mimeType, size: bytes },
		beginning: async () => {
			const { id, data } = file;
			if (!id) return Buffer.from(data.slice(0, BEGINNING_BYTES * 2), 'base64');
			const stream = await context.helpers.getBinaryStream(id, BEGINNING_BYTES);
			for await (const chunk of stream) return chunk as Buffer;
			return new Uint8Array();
		},
		read: async () => ({ fileName, mimeType, data: await read() }),
	};
}

function noFile(given: BinaryReference, names: string[]): InputError {
	if (typeof given !== 'string') {
		return new InputError(
			'The expression does not lead to the content of a file',
			"For a file of the input item, enter its name, such as data; for one of an earlier node, write {{ $('Name of the Node').item.binary.data }}.",
		);
	}
	const has =
		names.length > 0
			? `It has files in: ${names.join(', ')}. Enter one of these names.`
			: 'The node before must give the item a file: look at its output under "Binary".';
	return new InputError(
		`The item has no file in the binary field ${quoted(given)}`,
		`${has} Text in Base64 must first become a file, in n8n's node "Convert to File" (operation "Move Base64 String to File").`,
	);
}
