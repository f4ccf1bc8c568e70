import { ApiError } from '../../api/errors/ApiError';

/** A write of which nobody knows whether it was done, in plain JSON. */
export type UnknownOutcome = Pick<ApiError, 'message' | 'description' | 'request' | 'status'>;

export function unknownOutcome({
	message,
	description,
	request,
	status,
}: ApiError): UnknownOutcome {
	const { method, path } = request;
	return { message, description, request: { method, path }, status };
}

/** The error again, for a try that finds the outcome recorded. */
export function unknownError({ message, description, request, status }: UnknownOutcome): ApiError {
	return new ApiError(request, { title: message, description, outcome: 'unknown' }, status);
}
