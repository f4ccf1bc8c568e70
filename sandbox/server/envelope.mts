export interface Answer {
	status: number;
	contentType: string;
	body: string;
	headers?: Record<string, string>;
}

/** Ends a request early: any step of a handler may throw it. */
export class Refusal extends Error {
	readonly answer: Answer;

	constructor(answer: Answer) {
		super(`answered ${answer.status}`);
		this.answer = answer;
	}
}

/** JSON as PHP writes it: slashes and everything beyond ASCII escaped. */
export function phpJson(value: unknown): string {
	return JSON.stringify(value)
		.replaceAll('/', '\\/')
		.replaceAll(
			/[\u0080-\uffff]/g,
			(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
		);
}

export function json(status: number, value: unknown): Answer {
	return { status, contentType: 'application/json', body: phpJson(value) };
}

export function success(
	parts: { message?: string; data?: unknown; meta?: object },
	status = 200,
): Answer {
	return json(status, { status: 'success', ...parts });
}

export function failure(status: number, message: string, details: object = {}): Answer {
	return json(status, { status: 'error', message, ...details });
}

/** What media_url gets when the server could not download it (quirk 16). */
export function emptyPage(): Answer {
	return { status: 200, contentType: 'text/html; charset=UTF-8', body: '' };
}

const htmlTitles: Record<number, string> = {
	404: 'Not Found',
	405: 'Method Not Allowed',
	413: 'Content Too Large',
	503: 'Service Unavailable',
};

export function htmlPage(status: number, title = htmlTitles[status] ?? 'Server Error'): Answer {
	const body = `<!DOCTYPE html>
<html lang="en">
	<head><meta charset="utf-8"><title>${title}</title></head>
	<body><h1>${status}</h1><p>${title}</p></body>
</html>
`;
	return { status, contentType: 'text/html; charset=UTF-8', body };
}

/** The framework's own errors are JSON only for those who ask for it first. */
export function frameworkError(
	status: number,
	message: string,
	accept: string | undefined,
	headers?: Record<string, string>,
): Answer {
	const firstChoice = accept?.split(',')[0] ?? '';
	const wantsJson = /[/+]json/i.test(firstChoice);
	return { ...(wantsJson ? json(status, { message }) : htmlPage(status)), headers };
}

/** A failure outside a handler's own net: the framework answers in its place. */
export class FrameworkFailure extends Error {
	readonly status: number;

	constructor(status = 500, message = 'Server Error') {
		super(message);
		this.status = status;
	}
}
