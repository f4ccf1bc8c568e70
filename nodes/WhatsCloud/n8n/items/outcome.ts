import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Fields, Values } from '../../operation';
import type { Connection } from '../http/connect';
import type { NodeError } from '../nodeError';

/** An item that may be worked on. */
export interface Ready {
	params: Values<Fields>;
	connection: Connection;
}

export interface Failed {
	error: NodeError;
}

/** An item before it is worked on; undefined when the run ended before. */
export type Prepared = Ready | Failed | undefined;

/** What became of an item; undefined when nothing was done for it because the run ended. */
export type Result = (Ready & { outputs: IDataObject[] }) | Failed | undefined;

/** The output items of a result, each linked to its input item. */
export function toItems(result: Result, index: number): INodeExecutionData[] {
	if (!result) return [];
	if (isFailed(result)) {
		const { error } = result;
		// With a json.error n8n would run the whole node again under Retry On Fail.
		// n8n 1 drops the error and keeps the json; later ones put the error's message in its place.
		return [{ json: { message: error.message }, error, pairedItem: { item: index } }];
	}
	return result.outputs.map((json) => ({ json, pairedItem: { item: index } }));
}

export function isFailed(outcome: object | undefined): outcome is Failed {
	return outcome !== undefined && 'error' in outcome;
}

export function isReady(prepared: Prepared): prepared is Ready {
	return prepared !== undefined && 'params' in prepared;
}
