import type { UploadedFile } from './input.mts';

const keptFiles = 50;

/** The newest uploads, under the public names the platform would give them. */
export class StoredFiles {
	private readonly files = new Map<string, { mime: string; content: Buffer }>();

	/** Gives back the path under `/storage/`. */
	add(
		folder: string,
		prefix: string,
		file: Pick<UploadedFile, 'name' | 'mime' | 'content'>,
	): string {
		const simplified = file.name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '_');
		const path = `${folder}/${prefix}_${simplified}`;
		if (file.content) this.files.set(path, { mime: file.mime, content: file.content });
		const [oldest] = this.files.keys();
		if (oldest !== undefined && this.files.size > keptFiles) this.files.delete(oldest);
		return path;
	}

	get(path: string): { mime: string; content: Buffer } | undefined {
		return this.files.get(path);
	}

	clear(): void {
		this.files.clear();
	}
}
