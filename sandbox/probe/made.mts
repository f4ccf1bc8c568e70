import { Trouble } from './account.mts';
import { isObject, listIn, recordIn, type Row } from './answers.mts';
import type { Reply, Wire } from './wire.mts';

export type Resource = 'contacts' | 'statuses' | 'sources' | 'groups';

export interface Made {
	resource: Resource;
	/** Its name, or a contact's phone, by which it is found where its id is not known. */
	key: string;
	id?: number;
}

/** The names of all records of the probe begin so, by which people and the clean-up know them again. */
export const MARK = 'WhatsCloud probe (delete me)';

const digitsOf = (value: unknown) => String(value).replace(/\D/g, '');

/** A contact with the same number that somebody else made is none of the probe's. */
function isMade({ resource, key }: Made, row: Row): boolean {
	if (resource !== 'contacts') return row['name'] === key;
	const { phone, firstname } = row;
	const isOwn = String(firstname).startsWith(MARK) || digitsOf(firstname) === key;
	return digitsOf(phone) === key && isOwn;
}

/** What the probe has made, or may have made when no answer came: deleted at the end, whatever happens. */
export class Cleaning {
	private readonly all: Made[] = [];
	private readonly wire: Wire;

	constructor(wire: Wire) {
		this.wire = wire;
	}

	/** Keeps in mind what a write may make before it is sent; a refusal in words takes it off again. */
	async create(made: Made, write: () => Promise<Reply>): Promise<Reply> {
		this.add(made);
		const reply = await write();
		if (reply.status >= 400 && reply.status < 500) this.forget(made);
		const id = recordIn(reply)?.['id'];
		if (typeof id === 'number') made.id = id;
		return reply;
	}

	/** Something that was made beside. */
	add(made: Made): void {
		this.all.push(made);
	}

	forget(made: Made): void {
		this.all.splice(this.all.indexOf(made), 1);
	}

	/** The id from the newest rows of the list, where the answer did not tell it. */
	async idOf(made: Made): Promise<number | undefined> {
		if (made.id !== undefined) return made.id;
		const list = listIn(await this.wire.ask({ path: `/${made.resource}?per_page=100` }));
		if (!list) throw new Trouble(`The list of ${made.resource} cannot be read any more.`);
		const row = list.rows.find((one) => isMade(made, one));
		const id = Number(row?.['id']);
		if (row && Number.isInteger(id)) made.id = id;
		return made.id;
	}

	/** Deletes the newest first, as a label can't go while a contact has it. Gives back what is left. */
	async clean(): Promise<Made[]> {
		const left: Made[] = [];
		for (const made of this.all.reverse()) {
			try {
				const id = await this.idOf(made);
				if (id === undefined) continue;
				const { status, body } = await this.wire.ask({
					method: 'DELETE',
					path: `/${made.resource}/${id}`,
				});
				const isGone = status === 404 || (status === 200 && isObject(body));
				if (!isGone) left.push(made);
			} catch {
				left.push(made);
			}
		}
		return left;
	}
}
