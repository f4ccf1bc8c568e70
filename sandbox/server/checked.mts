import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** Checks the body or the query; answers 400 and gives back nothing where it does not fit. */
export function checked<Output>(
	schema: z.ZodType<Output, z.ZodTypeDef, unknown>,
	value: unknown,
	reply: FastifyReply,
): Output | undefined {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	void reply.code(400).send({ problems: result.error.issues });
	return undefined;
}

const lastOf = z.object({ limit: z.coerce.number().int().min(1).optional() });

/** `?limit=` keeps that many, the newest. */
export function newest(entries: readonly unknown[], query: unknown): readonly unknown[] {
	const { limit } = lastOf.catch({}).parse(query);
	return limit === undefined ? entries : entries.slice(-limit);
}
