import { z } from 'zod';

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

/** Where server versions differ, and what the account's owner may have set. */
export const behaviourSchema = z
	.object({
		listShape: z
			.enum(['paginator', 'flat', 'flatNoMeta'])
			.describe('Lists: nested paginator, flat with meta, flat without'),
		listsWithoutMeta: z
			.array(z.string())
			.describe('Resources whose flat list has no meta although others have it'),
		shortRecords: z.boolean().describe('Records without tenant and most fields, older dates'),
		pageSizeLimit: z
			.object({ max: z.number().int().min(1), above: z.enum(['clamp', 'refuse']) })
			.nullable()
			.describe('Largest per_page, and what happens above it'),
		missingRoutes: z
			.array(z.string())
			.describe('Routes that this version lacks, such as POST /groups or PUT /groups/:id'),
		createAnswer: z.enum(['empty', 'short', 'full']).describe('What creating a contact answers'),
		contactTypes: z
			.enum(['leadOnly', 'leadCustomer', 'leadCustomerGuest'])
			.describe('Contact types that work'),
		typeRequiredOnUpdate: z.boolean().describe('Updating a contact needs its type'),
		contactChecks: z
			.enum(['together', 'firstField', 'uniqueLast'])
			.describe(
				'What a 422 for a contact names: all fields that fail, the first one, or what is taken only when all else is right',
			),
		lastnameOptional: z.boolean().describe('Contacts can be created without a last name'),
		groupsByName: z.boolean().describe('Contacts take "groups", names separated by commas'),
		tenantErrorStatus: z
			.union([z.literal(500), z.literal(400)])
			.describe('Status for an unknown subdomain'),
		missingContact: z
			.union([z.literal(200), z.literal(404)])
			.describe('Status for reading a missing contact'),
		contactFiltersApplied: z.boolean().describe('Contact filters in the query work'),
		sharedIds: z.boolean().describe('Other tenants use up ids between those of this account'),
		stableOrder: z.boolean().describe('Records of the same second keep their order between pages'),
		booleansAsNumbers: z.boolean().describe('Booleans in records are written 1 and 0'),
		optOutField: z.boolean().describe('Contacts carry is_opted_out'),
		buttonsSupported: z.boolean().describe('button_0 to button_2 and copy_code reach WhatsApp'),
		otpSupported: z.boolean().describe('The server makes one-time codes'),
		swapDocumentCaption: z
			.boolean()
			.describe('Documents arrive with caption and file name swapped'),
		jpgAccepted: z.boolean().describe('Images may end in .jpg'),
		sendsCreateContacts: z
			.boolean()
			.describe('Sends to an unknown number create a contact even without "contact"'),
		contactCountryRequired: z
			.boolean()
			.describe('Creating a contact during a send fails without its country'),
		contactNameSpelling: z
			.enum(['first_name', 'firstname'])
			.describe('How sends read the names in "contact"'),
		untranslatedKeys: z.boolean().describe('Some messages are raw translation keys'),
		whatsappConnected: z.boolean().describe('The account is connected to WhatsApp'),
		apiConfigured: z.boolean().describe('The account has saved its API settings'),
		apiEnabled: z.boolean().describe('The account has switched the API on'),
		maintenance: z.boolean().describe('The server is in maintenance'),
		abilities: z.array(z.string()).describe('What the token may do'),
		contactLimit: limit.describe("The plan's number of contacts"),
		conversationLimit: limit.describe("The plan's number of conversations"),
		uploadSizeLimit: limit.describe('Largest single upload, bytes'),
		postSizeLimit: limit.describe('Largest request body, bytes'),
		recordWebhooks: z
			.enum(['legacy', 'n8n'])
			.describe('Webhooks about contacts, statuses, sources: the older format or "N8N format"'),
		messageWebhooks: z
			.enum(['meta', 'n8n', 'brand'])
			.describe(
				'Webhooks about messages: Meta\'s payload as it came, in "N8N format", or a brand\'s',
			),
		signedWebhooks: z.enum(['all', 'records', 'none']).describe('Webhooks that carry a signature'),
		webhooksFireTwice: z.boolean().describe('Every change fires its webhook twice'),
		slowReceiverMs: limit.describe('Receivers of webhooks take so much longer to answer, ms'),
	})
	.strict();

export type Behaviour = z.infer<typeof behaviourSchema>;

const observed: Behaviour = {
	listShape: 'paginator',
	listsWithoutMeta: [],
	shortRecords: false,
	pageSizeLimit: null,
	missingRoutes: [],
	createAnswer: 'empty',
	contactTypes: 'leadOnly',
	typeRequiredOnUpdate: false,
	contactChecks: 'together',
	lastnameOptional: false,
	groupsByName: false,
	tenantErrorStatus: 500,
	missingContact: 200,
	contactFiltersApplied: false,
	sharedIds: true,
	stableOrder: false,
	booleansAsNumbers: false,
	optOutField: false,
	buttonsSupported: false,
	otpSupported: false,
	swapDocumentCaption: true,
	jpgAccepted: false,
	sendsCreateContacts: false,
	contactCountryRequired: true,
	contactNameSpelling: 'first_name',
	untranslatedKeys: true,
	whatsappConnected: true,
	apiConfigured: true,
	apiEnabled: true,
	maintenance: false,
	abilities: allAbilities,
	contactLimit: null,
	conversationLimit: null,
	uploadSizeLimit: null,
	postSizeLimit: 128 * mebibyte,
	recordWebhooks: 'legacy',
	messageWebhooks: 'meta',
	signedWebhooks: 'records',
	webhooksFireTwice: false,
	slowReceiverMs: null,
};

/** `observed`: August 2025; `reference`: the vendor's documentation of July 2025; `newer`: later. */
export const presets = {
	observed,
	reference: {
		...observed,
		listShape: 'flat',
		listsWithoutMeta: ['groups', 'templates'],
		shortRecords: true,
		createAnswer: 'short',
		contactTypes: 'leadCustomer',
		missingContact: 404,
		contactFiltersApplied: true,
		stableOrder: true,
		untranslatedKeys: false,
	},
	newer: {
		...observed,
		pageSizeLimit: { max: 100, above: 'clamp' },
		createAnswer: 'full',
		contactTypes: 'leadCustomerGuest',
		typeRequiredOnUpdate: true,
		lastnameOptional: true,
		groupsByName: true,
		tenantErrorStatus: 400,
		contactFiltersApplied: true,
		booleansAsNumbers: true,
		optOutField: true,
		buttonsSupported: true,
		otpSupported: true,
		sendsCreateContacts: true,
		contactCountryRequired: false,
		contactNameSpelling: 'firstname',
		untranslatedKeys: false,
		recordWebhooks: 'n8n',
		messageWebhooks: 'n8n',
		signedWebhooks: 'all',
	},
} satisfies Record<string, Behaviour>;

export type Preset = keyof typeof presets;

export function behaviourFrom(preset: Preset, changes: Partial<Behaviour> = {}): Behaviour {
	return structuredClone({ ...presets[preset], ...changes });
}
