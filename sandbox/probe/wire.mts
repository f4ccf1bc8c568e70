import { Trouble, type Account } from './account.mts';

export interface Reply {
	status: number;
	headers: Headers;
	/** Undefined where it is no JSON. */
	body: unknown;
	text: string;
}

export interface Question {
	method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** After the subdomain, with its query. */
	path?: string;
	/** In place of the account's own address. */
	url?: string;
	body?: object | FormData;
	token?: 'right' | 'wrong' | 'none';
}

export interface Pace {
	/** Between the beginnings of two requests. */
	intervalMs: number;
	sleep: (ms: number) => Promise<void>;
	now: () => number;
}

export interface WireOptions extends Pace {
	/** More requests than that are a mistake of the probe. */
	most: number;
	say: (line: string) => void;
	signal?: AbortSignal;
}

const answerWithinMs = 120_000;
const tooManyRequests = 429;
const mostWaits = 3;

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const reasons: Record<string, string> = {
	ENOTFOUND: 'There is no server of this name.',
	ECONNREFUSED: 'Nobody answers at this address.',
	ERR_SSL_WRONG_VERSION_NUMBER: 'The server does not speak https at this address.',
};

function unreachable(error: unknown): Trouble {
	const { cause } = error as { cause?: { code?: string } };
	const reason = reasons[cause?.code ?? ''] ?? `No answer came (${cause?.code ?? 'cut short'}).`;
	return new Trouble(`${reason} Check the base URL.`);
}

/** Asks one thing after the other, slower than the rate limit, and counts. */
export class Wire {
	readonly account: Account;
	asked = 0;
	private readonly options: WireOptions;
	private signal: AbortSignal | undefined;
	private most: number;
	private lastAt = -Infinity;

	constructor(account: Account, options: WireOptions) {
		this.account = account;
		this.options = options;
		this.signal = options.signal;
		this.most = options.most;
	}

	/** From here on neither an interruption nor the number ends anything: what was made is cleaned up. */
	finish(): void {
		this.signal = undefined;
		this.most = Infinity;
	}

	async ask(question: Question): Promise<Reply> {
		for (let waits = 0; ; waits++) {
			const reply = await this.once(question);
			if (reply.status !== tooManyRequests || waits === mostWaits) return reply;
			const { retry_after = 60 } = (reply.body ?? {}) as { retry_after?: number };
			this.options.say(`Too many requests: waiting ${retry_after} seconds.`);
			await this.options.sleep(Math.min(retry_after + 1, 120) * 1000);
		}
	}

	private async once({ method = 'GET', path = '', url, body, token = 'right' }: Question) {
		const { intervalMs, sleep, now } = this.options;
		this.signal?.throwIfAborted();
		const pause = this.lastAt + intervalMs - now();
		if (pause > 0) await sleep(pause);
		this.signal?.throwIfAborted();
		if (++this.asked > this.most) throw new Trouble(`It took more than ${this.most} requests.`);
		this.lastAt = now();
		const { baseUrl, subdomain, token: right } = this.account;
		const bearer = token === 'right' ? right : 'wrong'.padEnd(64, '0');
		const isForm = body instanceof FormData;
		const signals = [AbortSignal.timeout(answerWithinMs), ...(this.signal ? [this.signal] : [])];
		try {
			const response = await fetch(url ?? `${baseUrl}${encodeURIComponent(subdomain)}${path}`, {
				method,
				redirect: 'manual',
				signal: AbortSignal.any(signals),
				headers: {
					Accept: 'application/json',
					...(token !== 'none' && { Authorization: `Bearer ${bearer}` }),
					...(body && !isForm && { 'Content-Type': 'application/json' }),
				},
				...(body && { body: isForm ? body : JSON.stringify(body) }),
			});
			const text = await response.text();
			return { status: response.status, headers: response.headers, body: parsed(text), text };
		} catch (error) {
			if (this.signal?.aborted) throw error;
			throw unreachable(error);
		}
	}
}
