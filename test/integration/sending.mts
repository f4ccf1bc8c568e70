import type { INodeExecutionData, IPairedItemData, NodeParameterValueType } from 'n8n-workflow';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import type { Fault } from '../../sandbox/server/sandbox.mts';
import {
	addressOf,
	expectNoSecret,
	type NodeRun,
	runNode,
	type RunOptions,
} from '../engine/engine.mts';
import { useSandbox } from './useSandbox.mts';

export const phone = (index: number) => `1555500${String(index + 1).padStart(4, '0')}`;

/** Items with texts of their own, to so many numbers in turn. */
export function messages(count: number, numbers = count): INodeExecutionData[] {
	return Array.from({ length: count }, (_, index) => ({
		json: { to: phone(index % numbers), text: `Message ${index}` },
	}));
}

export interface SendOptions extends Partial<RunOptions> {
	/** The node's Options collection. */
	options?: Record<string, NodeParameterValueType>;
}

/** A sandbox with a contact for each of `numbers` phone numbers, and the node sending through it. */
export function useSending(numbers: number) {
	// The version that refuses unknown numbers, so that an item can fail.
	const server = useSandbox({ server: 'A', logSize: 100_000 });
	beforeEach(() => {
		const phones = Array.from({ length: numbers }, (_, index) => ({ phone: phone(index) }));
		server.sandbox.data.insertContacts(phones);
	});
	let tests = 0;
	afterEach(() => {
		tests++;
	});
	/** Looks after every event, until the test is over. */
	const until = async (isReached: () => boolean) => {
		const test = tests;
		while (!isReached() && test === tests) await new Promise(setImmediate);
		return test === tests;
	};
	return {
		get sandbox() {
			return server.sandbox;
		},
		send: async ({ options = {}, parameters, ...rest }: SendOptions = {}): Promise<NodeRun> => {
			const run = await runNode({
				node: WhatsCloud,
				credential: { type: WhatsCloudApi, data: addressOf(server.sandbox) },
				parameters: {
					resource: 'message',
					operation: 'sendText',
					phoneNumber: '={{ $json.to }}',
					text: '={{ $json.text }}',
					options,
					...parameters,
				},
				...rest,
			});
			expectNoSecret(run, server.sandbox.token);
			return run;
		},
		/** The texts that WhatsApp accepted, in the order they came. */
		texts: () => server.sandbox.messages.map(({ text }) => text),
		until,
		/** The first message to this number is refused because its contact is missing; then it is there. */
		refuseOnce: (index: number) => {
			const contact = server.sandbox.data.contacts.all().find((row) => row.phone === phone(index));
			if (!contact) throw new Error(`No contact ${index}`);
			server.sandbox.data.contacts.delete(contact);
			const isRefused = () =>
				server.sandbox.requests.some(
					({ status, body }) => status === 404 && body['phone_number'] === phone(index),
				);
			return until(isRefused).then((isReached) => {
				if (isReached) server.sandbox.data.insertContacts([{ phone: phone(index) }]);
			});
		},
		/** The fault meets one message, after so many others. */
		faultAfter: (others: number, fault: Fault) => {
			server.sandbox.faults.add({ path: '/messages/send', skip: others, times: 1, ...fault });
		},
	};
}

/** The items behind what the node put out, and whether each was done. */
export function outcomes({ outputs }: NodeRun): Array<[item: unknown, text: unknown]> {
	return outputs
		.flat()
		.map(({ json, pairedItem }) => [
			(pairedItem as IPairedItemData).item,
			json.error === undefined ? json.message : 'error',
		]);
}
