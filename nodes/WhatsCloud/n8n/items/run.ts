import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Call, Fields, Operation } from '../../operation';
import { throwIfEnded } from '../http/connect';
import { download } from '../http/download';
import { answerLink } from '../question/question';
import { binaryFile } from './binaryFile';
import type { Ledger } from './ledger';
import type { Ready } from './outcome';

/** One run of the node: what all its items share. */
export interface Run {
	context: IExecuteFunctions;
	operation: Operation;
	/** Its name in the node's parameters. */
	resource: string;
	/** The hash of the node's parameters before their expressions are evaluated. */
	parameters: string;
	items: INodeExecutionData[];
	/** Milliseconds. */
	timeout: number;
	ledger: Ledger;
	/** Aborted when the run is cancelled or stops at an error: from then on nothing is sent. */
	ended: AbortSignal;
}

/** What an operation gets for one item. */
export function callOf(
	{ context, timeout, ended }: Run,
	index: number,
	{ params, connection }: Ready,
): Call<Fields> {
	return {
		api: connection.api,
		params,
		binary: (reference) => binaryFile(context, index, reference),
		answerLink: (question) => answerLink(context, question),
		download: async (url) => {
			throwIfEnded(ended);
			return await download(context, url, timeout);
		},
	};
}
