import type { Account } from '../account.mts';
import type { Route } from '../call.mts';
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
					resource,
					rows: table(call.account).all(),
					present: (row) => presented(row, call.account),
					failed: `Failed to fetch ${resource}`,
				}),
		},
		{
			method: 'GET',
			path: `/${resource}/:id`,
			ability,
			handle({ account, id }) {
				const row = table(account).getLoosely(id);
				return row ? success({ data: presented(row, account) }) : failure(404, missing);
			},
		},
	];
}

export const templateRoutes = readOnlyRoutes({
	resource: 'templates',
	missing: 'Template not found',
	table: ({ data }) => data.templates,
	present(template, { behaviour }) {
		const record = { ...template, template_id: exactNumber(template.template_id) };
		if (!behaviour.shortRecords) return record;
		const newerFields = {
			header_file_url: undefined,
			header_variable_value: undefined,
			body_variable_value: undefined,
		};
		return { ...record, ...newerFields };
	},
});

export const templateBotRoutes = readOnlyRoutes({
	resource: 'templatebots',
	missing: 'Template bot not found',
	table: ({ data }) => data.templateBots,
	present: (bot) => ({ ...bot, template_id: exactNumber(bot.template_id) }),
});

export const messageBotRoutes = readOnlyRoutes({
	resource: 'messagebots',
	missing: 'Message bot not found',
	table: ({ data }) => data.messageBots,
	present: (bot, { behaviour }) => ({
		...bot,
		...(behaviour.booleansAsNumbers && { is_bot_active: Number(bot.is_bot_active) }),
	}),
});
