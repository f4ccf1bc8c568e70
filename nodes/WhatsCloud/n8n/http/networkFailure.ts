import { NetworkFailure } from '../../api/http';
import { isObject } from '../../json';

/** The reason why no complete answer came, from an error of n8n's HTTP helper. */
export function networkFailure(error: unknown, signal?: AbortSignal): NetworkFailure {
	if (error instanceof NetworkFailure) return error;
	const causes = [...causesOf(error)];
	return new NetworkFailure(codeOf(causes), {
		cancelled: signal?.aborted,
		neverSent: causes.some(isBeforeSending),
	});
}

type Cause = Record<string, unknown>;

/** n8n wraps the error of its HTTP library, which wraps Node's. */
function* causesOf(error: unknown): Generator<Cause> {
	for (let current = error; isObject(current); current = current.cause) yield current;
}

function codeOf(causes: Cause[]): string {
	const known = causes.find(({ code }) => typeof code === 'string');
	if (known) {
		const { code, syscall } = known;
		// A lost route breaks connections that exist, too: then the request may have arrived.
		const isLost =
			UNREACHABLE_HOST.test(String(code)) && syscall !== undefined && syscall !== 'connect';
		return isLost ? 'ECONNRESET' : String(code);
	}
	return String(causes[0]?.message).includes('restricted IP') ? 'BLOCKED' : '';
}

const UNREACHABLE_HOST = /^(EHOSTUNREACH|ENETUNREACH)$/;

/** No byte of a request leaves before the connection is made and encrypted. */
function isBeforeSending({ syscall, errors, request, message }: Cause): boolean {
	if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
	// Of a host with several addresses, each was tried.
	if (Array.isArray(errors) && errors.length > 0) {
		return errors.every((error) => isObject(error) && error.syscall === 'connect');
	}
	const socket = isObject(request) ? request.socket : undefined;
	const isEncrypting = isObject(socket) && socket.secureConnecting === true;
	return isEncrypting || String(message).includes('before secure TLS connection');
}
