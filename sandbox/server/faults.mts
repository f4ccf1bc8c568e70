import { z } from 'zod';
import type { Input } from './input.mts';

const timing = z.enum(['before', 'after']).default('before');
const status = z.number().int().min(200).max(599);

const effect = z.discriminatedUnion('kind', [
	/** Any answer; `after`: although the request was processed. */
	z.object({
		kind: z.literal('answer'),
		status,
		body: z.unknown().optional(),
		contentType: z.string().optional(),
		headers: z.record(z.string()).optional(),
		when: timing,
	}),
	/** The connection is reset without an answer. */
	z.object({ kind: z.literal('reset'), when: timing }),
	/** Waits, then goes on as usual; other faults may follow. */
	z.object({ kind: z.literal('delay'), ms: z.number().int().min(0), when: timing }),
	/** Processed, but only the first half of the body arrives. */
	z.object({ kind: z.literal('truncate') }),
	/** A page such as a proxy shows. */
	z.object({ kind: z.literal('html'), status: status.default(502), when: timing }),
	/** A page, JSON or a header that repeats the request's headers, the token among them. */
	z.object({
		kind: z.literal('echo'),
		status: status.default(502),
		style: z.enum(['page', 'json', 'header']).default('page'),
		when: timing,
	}),
	/** Nothing in the body. */
	z.object({ kind: z.literal('empty'), status: status.default(200), when: timing }),
	/** A 429, the server's own or one from a proxy with a Retry-After header. */
	z.object({
		kind: z.literal('tooMany'),
		retryAfter: z.number().int().min(0).default(1),
		style: z.enum(['body', 'header']).default('body'),
	}),
	z.object({
		kind: z.literal('redirect'),
		to: z.string(),
		status: z.number().int().min(300).max(399).default(302),
		when: timing,
	}),
	/** Meta refuses the message: too many to this number (131056), or to all (130429). Nothing is sent. */
	z.object({ kind: z.literal('tooFast'), code: z.union([z.literal(131056), z.literal(130429)]) }),
]);

const selection = z.object({
	method: z.string().optional(),
	/** Path after the subdomain, such as `/contacts` or `/messages/*`; `*` stands for anything. */
	path: z.string().optional(),
	/** Only this page of a list. */
	page: z.number().int().min(1).optional(),
	/** Only pages of which more records are asked for. */
	perPageAbove: z.number().int().min(0).optional(),
	/** How many matching requests pass unharmed before. */
	skip: z.number().int().min(1).optional(),
	/** How often it happens; without it, always. */
	times: z.number().int().min(1).optional(),
	/** How likely it happens, 0 to 1. */
	probability: z.number().min(0).max(1).optional(),
});

export const faultSchema = selection.and(effect);
export type Fault = z.input<typeof faultSchema>;
export type FaultEffect = z.output<typeof effect>;

/** `left`: how often it still happens, null for always. */
export type ListedFault = z.output<typeof faultSchema> & { left: number | null };

/** What of a request decides which faults it meets. */
interface Asked {
	method: string;
	/** After the subdomain. */
	path: string;
	query: Input;
}

interface Armed {
	fault: z.output<typeof faultSchema>;
	path: RegExp | undefined;
	toSkip: number;
	left: number;
}

function asPattern(path: string): RegExp {
	const escaped = path.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^${escaped.join('.*')}$`);
}

/** What shall go wrong, in the order it was added. */
export class Faults {
	private armed: Armed[] = [];
	private readonly random: () => number;

	constructor(random: () => number) {
		this.random = random;
	}

	add(fault: Fault): void {
		const parsed = faultSchema.parse(fault);
		this.armed.push({
			fault: parsed,
			path: parsed.path === undefined ? undefined : asPattern(parsed.path),
			toSkip: parsed.skip ?? 0,
			left: parsed.times ?? Infinity,
		});
	}

	clear(): void {
		this.armed = [];
	}

	list(): ListedFault[] {
		return this.armed.map(({ fault, left }) => ({
			...fault,
			left: Number.isFinite(left) ? left : null,
		}));
	}

	/** All delays that apply, and the first other fault; each counts as used. */
	take(asked: Asked): FaultEffect[] {
		const taken: FaultEffect[] = [];
		for (const armed of this.armed) {
			const { fault } = armed;
			const isSecond = fault.kind !== 'delay' && taken.some(({ kind }) => kind !== 'delay');
			if (isSecond || !this.applies(armed, asked)) continue;
			armed.left--;
			taken.push(fault);
		}
		this.armed = this.armed.filter(({ left }) => left > 0);
		return taken;
	}

	private applies(armed: Armed, { method, path, query }: Asked): boolean {
		const { fault, path: pattern } = armed;
		if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
		if (pattern && !pattern.test(path)) return false;
		if (fault.page !== undefined && Number(query['page']) !== fault.page) return false;
		const isSmall = !(Number(query['per_page']) > (fault.perPageAbove ?? 0));
		if (fault.perPageAbove !== undefined && isSmall) return false;
		if (armed.toSkip > 0) {
			armed.toSkip--;
			return false;
		}
		return fault.probability === undefined || this.random() < fault.probability;
	}
}
