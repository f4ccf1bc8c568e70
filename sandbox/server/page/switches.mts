import { z } from 'zod';
import { behaviourSchema, type Behaviour } from '../behaviour.mts';

/** How a switch is shown; the values of a choice are JSON texts. */
export interface Switch {
	name: string;
	description: string;
	control: { kind: 'check' } | { kind: 'number' } | { kind: 'choice'; values: string[] };
}

const pageSizeLimits: Behaviour['pageSizeLimit'][] = [
	null,
	{ max: 100, above: 'clamp' },
	{ max: 100, above: 'refuse' },
];

const autoLeads: Behaviour['autoLead'][] = [
	null,
	{ status: 1, source: 1 },
	{ status: 60, source: 1 },
	{ status: 1, source: 1, assignee: 3 },
];

function controlFor(name: string, schema: z.ZodTypeAny): Switch['control'] | undefined {
	const choice = (values: readonly unknown[]) => ({
		kind: 'choice' as const,
		values: values.map((value) => JSON.stringify(value)),
	});
	if (name === 'pageSizeLimit') return choice(pageSizeLimits);
	if (name === 'autoLead') return choice(autoLeads);
	if (schema instanceof z.ZodBoolean) return { kind: 'check' };
	if (schema instanceof z.ZodNullable) return { kind: 'number' };
	if (schema instanceof z.ZodEnum) return choice(schema.options as string[]);
	if (schema instanceof z.ZodUnion) {
		return choice((schema.options as z.ZodLiteral<number>[]).map(({ value }) => value));
	}
	return undefined;
}

/** All but the lists of names, which are left to the HTTP control. */
export function switches(): Switch[] {
	return Object.entries<z.ZodTypeAny>(behaviourSchema.shape).flatMap(([name, schema]) => {
		const control = controlFor(name, schema);
		return control ? [{ name, description: schema.description ?? name, control }] : [];
	});
}
