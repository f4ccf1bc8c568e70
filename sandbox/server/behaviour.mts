import { z } from 'zod';
import { serverOf, serverSchema, type Generation } from './generations.mts';

/** Every ability with a route, plus the three the product knows without having one. */
export const allAbilities = [
	...['contacts', 'statuses', 'sources', 'groups'].flatMap((resource) =>
		['create', 'read', 'update', 'delete'].map((verb) => `${resource}.${verb}`),
	),
	'templates.read',
	'templatebots.read',
	'templatebots.delete',
	'messagebots.create',
	'messagebots.read',
	'messagebots.delete',
	'messages.send',
];

const mebibyte = 1024 * 1024;
const limit = z.number().int().min(0).nullable();
/** As the dashboard stored it: a number or a text. */
const settingId = z.union([z.number(), z.string()]);

/** What the account's owner and the installation's operator may have set, on any server. */
const settingsSchema = z.object({
	autoLead: z
		.object({ status: settingId, source: settingId, assignee: settingId.optional() })
		.nullable()
		.describe('Auto Lead: status, source and assignee of contacts that come without'),
	missingRoutes: z
		.array(z.string())
		.describe('Routes that this server lacks, such as POST /groups or PUT /groups/:id'),
	whatsappConnected: z.boolean().describe('The account is connected to WhatsApp'),
	apiConfigured: z.boolean().describe('The account has saved its API settings'),
	apiEnabled: z.boolean().describe('The account has switched the API on'),
	maintenance: z.boolean().describe('The server is in maintenance'),
	abilities: z.array(z.string()).describe('What the token may do'),
	contactLimit: limit.describe("The plan's number of contacts"),
	conversationLimit: limit.describe("The plan's number of conversations"),
	uploadSizeLimit: limit.describe('Largest single upload, bytes'),
	postSizeLimit: limit.describe('Largest request body, bytes'),
	webhooksFireTwice: z.boolean().describe('Every change fires its webhook twice'),
	slowReceiverMs: limit.describe('Receivers of webhooks take so much longer to answer, ms'),
});

const settings: z.infer<typeof settingsSchema> = {
	autoLead: null,
	missingRoutes: [],
	whatsappConnected: true,
	apiConfigured: true,
	apiEnabled: true,
	maintenance: false,
	abilities: allAbilities,
	contactLimit: null,
	conversationLimit: null,
	uploadSizeLimit: null,
	postSizeLimit: 128 * mebibyte,
	webhooksFireTwice: false,
	slowReceiverMs: null,
};

export const behaviourSchema = serverSchema.merge(settingsSchema).strict();
export type Behaviour = z.infer<typeof behaviourSchema>;

export function behaviourFrom(generation: Generation, changes: Partial<Behaviour> = {}): Behaviour {
	return structuredClone({ ...settings, ...serverOf(generation), ...changes });
}
