import type { Account } from '../account.mts';
import { inWords, type Route } from '../call.mts';
import { failure, success } from '../envelope.mts';
import { listAnswer } from '../pagination.mts';
import type { Row } from '../records.mts';
import type { Table } from '../table.mts';
import { isoSeconds } from '../timestamps.mts';

interface Kind<R extends Row> {
	resource: 'templates' | 'templatebots' | 'messagebots';
	missing: string;
	table: (account: Account) => Table<R>;
	present: (row: R, account: Account) => object;
}

declare global {
	interface JSON {
		/** In Node since 21: writes the text as it is, here numbers beyond 2^53. */
		rawJSON(text: string): object;
	}
}

/** One of the few texts that the installation's language file has. */
const templateMissing = 'Template not found';

const exactNumber = (value: bigint) => JSON.rawJSON(String(value));

function readOnlyRoutes<R extends Row>({ resource, missing, table, present }: Kind<R>): Route[] {
	const presented = (row: R, account: Account) => ({
		...present(row, account),
		created_at: row.created_at ?? isoSeconds(account.now()),
		updated_at: row.updated_at ?? isoSeconds(account.now()),
	});
	const ability = `${resource}.read`;
	return [
		{
			method: 'GET',
			path: `/${resource}`,
			ability,
			handle: (call) =>
				listAnswer(call, {
					rows: table(call.account).all(),
					present: (row) => presented(row, call.account),
					failed: `failed_to_fetch_${resource}`,
				}),
		},
		{
			method: 'GET',
			path: `/${resource}/:id`,
			ability,
			handle({ account, id }) {
				const row = table(account).getLoosely(id);
				return row
					? success({ data: presented(row, account) })
					: failure(404, missing === templateMissing ? missing : inWords(account, missing));
			},
		},
	];
}

export const templateRoutes = readOnlyRoutes({
	resource: 'templates',
	missing: templateMissing,
	table: ({ data }) => data.templates,
	present({ header_variable_value: header, body_variable_value: body, ...rest }, { behaviour }) {
		const { templateIdAsText, templateCards } = behaviour;
		const shown = (value: string[] | null) =>
			templateCards || value === null ? value : JSON.stringify(value);
		return {
			...rest,
			template_id: templateIdAsText ? String(rest.template_id) : exactNumber(rest.template_id),
			...(templateCards && {
				...{ message_send_ttl_seconds: null, add_security_recommendation: false },
				...{ code_expiration_minutes: null, otp_button_config: null },
				...{ template_type: null, cards_json: null },
			}),
			header_variable_value: shown(header),
			body_variable_value: shown(body),
		};
	},
});

export const templateBotRoutes = readOnlyRoutes({
	resource: 'templatebots',
	missing: 'Template bot not found',
	table: ({ data }) => data.templateBots,
	present: (bot, { behaviour }) => ({
		...bot,
		template_id: exactNumber(bot.template_id),
		...(behaviour.templateCards && { cards_params: null }),
		...(behaviour.botMedia && { button_params: null, whatsapp_media_ids: null }),
	}),
});

export const messageBotRoutes = readOnlyRoutes({
	resource: 'messagebots',
	missing: 'Message bot not found',
	table: ({ data }) => data.messageBots,
	present: (bot, { behaviour }) => ({
		...bot,
		...(behaviour.booleansAsNumbers && { is_bot_active: Number(bot.is_bot_active) }),
		...(behaviour.botMedia && { whatsapp_media_id: null }),
	}),
});
