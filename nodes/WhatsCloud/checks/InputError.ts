/**
 * Input refused before anything was sent. `message` is the title a user reads (what is wrong, in one
 * sentence), `description` what to do about it. The item loop turns it into n8n's own error, linked to
 * the item it belongs to.
 */
export class InputError extends Error {
	readonly description?: string;

	constructor(message: string, description?: string) {
		super(message);
		this.name = 'InputError';
		this.description = description;
	}
}
