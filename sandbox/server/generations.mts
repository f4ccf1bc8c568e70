import { z } from 'zod';

/**
 * The known states of WhatsCloud's server: A is of August 2025, B of September, B2 of November, C of December
 * (the later of its two states, which makes one-time codes), D of early 2026. `brand` is what other brands
 * of the same product document of theirs; where they are silent it is as C, whose opt-out they show.
 */
export const generations = ['A', 'B', 'B2', 'C', 'D', 'brand'] as const;
export type Generation = (typeof generations)[number];
/** The newest: it differs most from A, for which all clients were made once, so it shows most mistakes. */
export const defaultGeneration: Generation = 'D';

/** Where the generations differ, each in a sentence that is true or false of a server. */
export const serverSchema = z
	.object({
		// Lists
		listShape: z
			.enum(['paginator', 'flat', 'flatNoMeta'])
			.describe('Lists: nested paginator, flat with meta, flat without'),
		pageSizeLimit: z
			.object({ max: z.number().int().min(1), above: z.enum(['clamp', 'refuse']) })
			.nullable()
			.describe('Largest per_page, and what happens above it'),
		contactFiltersApplied: z.boolean().describe('Contact filters in the query work'),
		stableOrder: z.boolean().describe('Records of the same second keep their order between pages'),
		// Records
		customFields: z.boolean().describe('Contacts have custom_fields_data, which can be written'),
		optOut: z
			.boolean()
			.describe('Contacts have is_opted_out, and sends to those who did are refused'),
		facebookPsid: z
			.boolean()
			.describe('Contacts have facebook_psid (only of accounts older than that column)'),
		booleansAsNumbers: z.boolean().describe('Booleans in records are written 1 and 0'),
		templateIdAsText: z.boolean().describe('template_id is a text'),
		templateCards: z
			.boolean()
			.describe('Templates have cards_json and more, and values of variables as JSON'),
		botMedia: z.boolean().describe('Bots have whatsapp_media_id'),
		// Contacts
		missingContact: z
			.union([z.literal(200), z.literal(404)])
			.describe('Status for reading a missing contact'),
		contactTypes: z
			.enum(['leadOnly', 'leadCustomer', 'leadCustomerGuest'])
			.describe('Contact types that can be written'),
		idsFirst: z
			.boolean()
			.describe(
				'Auto Lead fills in status and source; without them, or with foreign ones, nothing else is looked at',
			),
		lastnameOnCreate: z
			.enum(['required', 'storage', 'optional'])
			.describe('A new contact without a last name: 422, 500 from storage, or fine'),
		typeRequiredOnUpdate: z.boolean().describe('Updating a contact needs its type'),
		emailClearable: z.boolean().describe("A contact's e-mail can be set to null"),
		groupsByName: z.boolean().describe('Contacts take "groups", names separated by commas'),
		datesWritable: z.boolean().describe('Contacts take created_at and updated_at'),
		strictFields: z.boolean().describe('A field that a record does not have is a 500'),
		createAnswer: z
			.enum(['empty', 'sent', 'full'])
			.describe('What creating a contact answers: nothing, what was sent, or the record'),
		// Access
		tenantErrorStatus: z
			.union([z.literal(500), z.literal(400)])
			.describe('Status for an unknown subdomain'),
		currentTenantInApi: z
			.boolean()
			.describe("API requests fire webhooks, count for the plan, and answer in the tenant's words"),
		v2: z.boolean().describe('A second API stands beside this one, under /api/v2'),
		// Sends
		sendsCreateContacts: z
			.boolean()
			.describe('Sends to an unknown number create a contact even without "contact"'),
		sendsRewritePhone: z
			.boolean()
			.describe('Sends store phones with +, of the contacts they find too'),
		contactInSends: z
			.enum(['first_name', 'firstname'])
			.describe('How sends read "contact": first_name with a country, or firstname, ids, assignee'),
		nullsInSends: z
			.boolean()
			.describe('Optional fields of sends may be null; an empty variable is a missing one'),
		templateRefusals: z
			.enum(['bare', 'worded'])
			.describe(
				"Refused templates: short texts and no reason, or longer ones and WhatsApp's words",
			),
		jpg: z.boolean().describe('Images may end in .jpg'),
		documentSwap: z.boolean().describe('Documents arrive with caption and file name swapped'),
		buttons: z
			.enum(['dropped', 'code', 'passed'])
			.describe('Values for buttons: dropped, the code in field_1, or button_0 to copy_code'),
		otp: z
			.boolean()
			.describe("The server makes one-time codes, and tells a sent template's category"),
		// Webhooks
		recordWebhooks: z
			.enum(['legacy', 'n8n'])
			.describe('Webhooks about contacts, statuses, sources: the older format or "N8N format"'),
		messageWebhooks: z
			.enum(['meta', 'n8n', 'brand'])
			.describe(
				'Webhooks about messages: Meta\'s payload as it came, in "N8N format", or a brand\'s',
			),
		signedWebhooks: z.enum(['all', 'records', 'none']).describe('Webhooks that carry a signature'),
		masterSwitchIgnored: z
			.boolean()
			.describe('Webhooks about records go out though their main switch is off'),
	})
	.strict();

export type Server = z.infer<typeof serverSchema>;
export type ServerSwitch = keyof Server;

const no = false;
const yes = true;
const nested = 'paginator';
const clamp = { max: 100, above: 'clamp' } as const;

/** One row for each switch, one column for each generation. */
// prettier-ignore
const table: { [S in ServerSwitch]: readonly [Server[S], Server[S], Server[S], Server[S], Server[S], Server[S]] } = {
	//                      A             B               B2              C                    D                    brand
	listShape:             [nested,       nested,         nested,         nested,              nested,              nested],
	pageSizeLimit:         [null,         null,           null,           null,                null,                clamp],
	contactFiltersApplied: [no,           yes,            yes,            no,                  no,                  no],
	stableOrder:           [no,           no,             no,             no,                  no,                  no],
	customFields:          [no,           yes,            yes,            yes,                 yes,                 yes],
	optOut:                [no,           no,             no,             yes,                 yes,                 yes],
	facebookPsid:          [no,           no,             no,             no,                  yes,                 no],
	booleansAsNumbers:     [no,           no,             no,             no,                  no,                  yes],
	templateIdAsText:      [no,           no,             no,             no,                  yes,                 no],
	templateCards:         [no,           no,             no,             yes,                 yes,                 yes],
	botMedia:              [no,           no,             no,             no,                  yes,                 no],
	missingContact:        [200,          404,            404,            404,                 404,                 404],
	contactTypes:          ['leadOnly',   'leadCustomer', 'leadCustomer', 'leadCustomerGuest', 'leadCustomerGuest', 'leadCustomer'],
	idsFirst:              [no,           yes,            yes,            yes,                 yes,                 yes],
	lastnameOnCreate:      ['required',   'storage',      'storage',      'storage',           'storage',           'optional'],
	typeRequiredOnUpdate:  [no,           yes,            yes,            yes,                 yes,                 yes],
	emailClearable:        [no,           yes,            yes,            yes,                 yes,                 yes],
	groupsByName:          [no,           yes,            yes,            yes,                 yes,                 yes],
	datesWritable:         [no,           yes,            yes,            yes,                 yes,                 yes],
	strictFields:          [yes,          yes,            yes,            yes,                 yes,                 yes],
	createAnswer:          ['empty',      'sent',         'sent',         'sent',              'sent',              'full'],
	tenantErrorStatus:     [500,          500,            500,            500,                 500,                 400],
	currentTenantInApi:    [yes,          yes,            yes,            no,                  no,                  yes],
	v2:                    [no,           no,             no,             no,                  yes,                 no],
	sendsCreateContacts:   [no,           yes,            yes,            yes,                 yes,                 yes],
	sendsRewritePhone:     [no,           yes,            yes,            yes,                 yes,                 yes],
	contactInSends:        ['first_name', 'firstname',    'firstname',    'firstname',         'firstname',         'firstname'],
	nullsInSends:          [no,           no,             yes,            yes,                 yes,                 yes],
	templateRefusals:      ['bare',       'bare',         'worded',       'worded',            'worded',            'worded'],
	jpg:                   [no,           no,             yes,            yes,                 yes,                 yes],
	documentSwap:          [yes,          yes,            yes,            yes,                 no,                  yes],
	buttons:               ['dropped',    'dropped',      'dropped',      'code',              'code',              'passed'],
	otp:                   [no,           no,             no,             yes,                 yes,                 yes],
	recordWebhooks:        ['legacy',     'legacy',       'legacy',       'n8n',               'n8n',               'legacy'],
	messageWebhooks:       ['meta',       'meta',         'meta',         'n8n',               'n8n',               'brand'],
	signedWebhooks:        ['records',    'records',      'records',      'all',               'all',               'all'],
	masterSwitchIgnored:   [yes,          yes,            yes,            no,                  no,                  no],
};

export function serverOf(generation: Generation): Server {
	const column = generations.indexOf(generation);
	return Object.fromEntries(
		Object.entries(table).map(([name, values]) => [name, values[column]]),
	) as Server;
}

/** For command lines. */
export function generationCalled(name: string): Generation {
	const found = generations.find((generation) => generation.toLowerCase() === name.toLowerCase());
	if (found) return found;
	throw new Error(`--server takes one of ${generations.join(', ')}, not "${name}"`);
}
