import type { Call } from './call.mts';
import { failure, FrameworkFailure, Refusal, success, type Answer } from './envelope.mts';
import type { Row } from './records.mts';
import { slice } from './table.mts';
import { validate, maxValue } from './validation.mts';

const defaultPageSize = 15;

interface List<R extends Row> {
	/** Oldest first. */
	rows: readonly R[];
	present(row: R): object;
	/** For a failure inside the handler. */
	failed: string;
}

function pageSize({ account, query }: Call, failed: string): number {
	const { pageSizeLimit } = account.behaviour;
	const text = query['per_page'] ?? null;
	if (text === null) return defaultPageSize;
	// A text reaches a parameter typed as a number: that failure escapes the handler.
	if (typeof text !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(text)) throw new FrameworkFailure();
	const size = Math.trunc(Number(text));
	if (size < 0) {
		const error = `SQLSTATE[42000]: Syntax error or access violation: 1064 near '${size}'`;
		throw new Refusal(failure(500, failed, { error }));
	}
	if (pageSizeLimit?.above === 'refuse')
		validate(account, { per_page: [maxValue(pageSizeLimit.max)] }, query);
	return Math.min(size || defaultPageSize, pageSizeLimit?.max ?? Infinity);
}

/** Anything that is no page counts as the first one. */
function pageNumber({ query }: Call): number {
	const text = query['page'];
	return typeof text === 'string' && /^\+?[1-9]\d{0,14}$/.test(text) ? Number(text) : 1;
}

export function listAnswer<R extends Row>(call: Call, list: List<R>): Answer {
	const { behaviour, random } = call.account;
	const perPage = pageSize(call, list.failed);
	const page = pageNumber(call);
	const rows = slice(list.rows, {
		start: (page - 1) * perPage,
		count: perPage,
		turn: behaviour.stableOrder ? undefined : (size) => Math.floor(random() * size),
	});
	const data = rows.map((row) => list.present(row));
	const total = list.rows.length;
	if (behaviour.listShape === 'paginator') {
		return success({ data: paginator(call.url, data, { page, perPage, total }) });
	}
	if (behaviour.listShape === 'flatNoMeta') {
		return success({ data });
	}
	return success({ data, meta: { current_page: page, total, per_page: perPage } });
}

interface Position {
	page: number;
	perPage: number;
	total: number;
}

function paginator(url: string, data: object[], { page, perPage, total }: Position): object {
	const lastPage = Math.max(1, Math.ceil(total / perPage));
	// Quirk 2: the URLs carry nothing of the query but the page.
	const pageUrl = (number: number) => `${url}?page=${number}`;
	const first = (page - 1) * perPage + 1;
	const previous = page > 1 ? pageUrl(page - 1) : null;
	const next = page < lastPage ? pageUrl(page + 1) : null;
	return {
		current_page: page,
		data,
		first_page_url: pageUrl(1),
		from: data.length > 0 ? first : null,
		last_page: lastPage,
		last_page_url: pageUrl(lastPage),
		links: [
			{ url: previous, label: '&laquo; Previous', active: false },
			...linkedPages(page, lastPage).map((number) => ({
				url: number === undefined ? null : pageUrl(number),
				label: number === undefined ? '...' : String(number),
				active: number === page,
			})),
			{ url: next, label: 'Next &raquo;', active: false },
		],
		next_page_url: next,
		path: url,
		per_page: perPage,
		prev_page_url: previous,
		to: data.length > 0 ? first + data.length - 1 : null,
		total,
	};
}

const range = (from: number, to: number) =>
	Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** The framework's window of page links; `undefined` is the gap written `...`. */
function linkedPages(page: number, lastPage: number): (number | undefined)[] {
	if (lastPage < 14) return range(1, lastPage);
	if (page <= 7) return [...range(1, 10), undefined, lastPage - 1, lastPage];
	if (page > lastPage - 7) return [1, 2, undefined, ...range(lastPage - 9, lastPage)];
	return [1, 2, undefined, ...range(page - 3, page + 3), undefined, lastPage - 1, lastPage];
}
