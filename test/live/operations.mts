import { randomBytes } from 'node:crypto';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { resources } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { WhatsCloudTrigger } from '../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import type { Account } from '../../sandbox/probe/account.mts';
import { MARK } from '../../sandbox/probe/made.mts';
import { numberOfNobody } from '../../sandbox/probe/nobody.mts';
import { expectNoSecret, type NodeRun, runNode, runPoll } from '../engine/engine.mts';

export interface Allowed {
	/** Also records of its own are created, changed and deleted. */
	writes: boolean;
	/** Also messages are sent, to this number. */
	sendTo: string | undefined;
}

const byId = (value: unknown) => ({ __rl: true, mode: 'id', value }) as INodeParameters;
const noun: Record<string, string> = {
	contact: 'contactId',
	status: 'statusId',
	source: 'sourceId',
};
const idName = (resource: string) => noun[resource] ?? `${resource}Id`;
const PIXEL =
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

type Kind = 'read' | 'write' | 'send';

function kindOf(resource: string, operation: string): Kind {
	if (resource === 'message') return 'send';
	return ['get', 'getAll'].includes(operation) ? 'read' : 'write';
}

/** The node itself on an account: one test for each operation, in an order in which what is made can be used. */
export function describeOnAccount(accountOf: () => Account, { writes, sendTo }: Allowed): void {
	const isAllowed: Record<Kind, boolean> = {
		read: true,
		write: writes,
		send: sendTo !== undefined,
	};
	const howTo: Record<Kind, string> = {
		read: '',
		write: 'not run: it writes; WHATSCLOUD_LIVE_WRITE=yes allows it',
		send: 'not run: it sends; WHATSCLOUD_LIVE_SEND=<your number> allows it',
	};
	const name = `${MARK} ${randomBytes(3).toString('hex')}`;
	/** The id of what was read or made last, by resource. */
	const ids = new Map<string, unknown>();
	const made = new Set<string>();

	const credential = () => {
		const { token: apiToken, ...address } = accountOf();
		return { type: WhatsCloudApi, data: { ...address, apiToken } };
	};
	const attempt = async (
		parameters: INodeParameters,
		items?: INodeExecutionData[],
	): Promise<NodeRun> => {
		const run = await runNode({
			...{ node: WhatsCloud, credential: credential(), parameters },
			...(items && { items }),
		});
		expectNoSecret(run, accountOf().token);
		if (run.error) throw run.error;
		return run;
	};
	const run = async (parameters: INodeParameters): Promise<IDataObject[]> =>
		(await attempt(parameters)).outputs.flat().map(({ json }) => json);
	const own = (resource: string) => byId(ids.get(resource));
	const labels = () => ({ statusId: own('status'), sourceId: own('source') });
	const person = { firstName: name, lastName: 'Probe', phone: numberOfNobody(30) };
	const text = { phoneNumber: sendTo, text: `Hello from ${name}` } as INodeParameters;

	/** What an operation is given beside its resource and its name. */
	const given: Record<string, () => INodeParameters> = {
		'contact create': () => ({ ...person, ...labels() }),
		'contact upsert': () => ({ ...person, ...labels(), firstName: `${name} 2` }),
		'contact update': () => ({ contactId: own('contact'), updateFields: { city: 'Springfield' } }),
		'contact addToGroup': () => ({ contactId: own('contact'), groupId: own('group') }),
		'contact removeFromGroup': () => ({ contactId: own('contact'), groupId: own('group') }),
		'status update': () => ({ statusId: own('status'), updateFields: { name: `${name} 2` } }),
		'message sendText': () => text,
		'message sendAndWait': () => ({
			phoneNumber: text['phoneNumber'],
			message: `Is it you? ${name}`,
		}),
		'message sendMedia': () => ({
			...{ phoneNumber: text['phoneNumber'], mediaType: 'image', mediaSource: 'binary' },
			caption: name,
		}),
	};
	const parametersOf = (resource: string, operation: string): INodeParameters => {
		const special = given[`${resource} ${operation}`];
		if (special) return special();
		if (operation === 'getAll') return { limit: 3 };
		if (operation === 'create') return { name, ...(resource === 'status' && { color: '#808080' }) };
		const id = { [idName(resource)]: own(resource) };
		return operation === 'update' ? { ...id, name: `${name} 2` } : id;
	};

	async function act(resource: string, operation: string): Promise<void> {
		const parameters = { resource, operation, ...parametersOf(resource, operation) };
		const outputs = await run(parameters);
		if (operation === 'getAll') {
			if (!made.has(resource)) ids.set(resource, outputs[0]?.['id']);
			return;
		}
		expect(outputs).toHaveLength(1);
		const [output = {}] = outputs;
		if (operation === 'delete') {
			expect(output).toMatchObject({ deleted: true });
			made.delete(resource);
			return;
		}
		expect(Number(output['id'])).toBeGreaterThan(0);
		if (operation === 'create') {
			ids.set(resource, output['id']);
			made.add(resource);
		}
	}

	async function send(operation: string): Promise<void> {
		const parameters = { resource: 'message', operation, ...given[`message ${operation}`]?.() };
		if (operation === 'sendTemplate') {
			const templates = await run({
				...{ resource: 'template', operation: 'getAll', returnAll: true, simplify: false },
				filters: { status: 'APPROVED' },
			});
			const plain = templates.find(
				({ body_params_count, header_data_format, buttons_data }) =>
					Number(body_params_count) === 0 && !header_data_format && !buttons_data,
			);
			if (!plain) {
				console.log('No approved template is without variables: Send Template is not tried.');
				return;
			}
			const template = { __rl: true, mode: 'id', value: plain['id'] };
			Object.assign(parameters, { template, phoneNumber: text['phoneNumber'] });
		}
		const binary = { data: { data: PIXEL, mimeType: 'image/png', fileName: 'pixel.png' } };
		const { status, outputs } = await attempt(parameters, [{ json: {}, binary }]);
		if (operation === 'sendAndWait') expect(status).toBe('waiting');
		else expect(outputs.flat()[0]?.json['message_id']).toEqual(expect.any(String));
	}

	const runs = (kind: Kind) => (isAllowed[kind] ? test : test.skip);
	const titled = (title: string, kind: Kind) =>
		isAllowed[kind] ? title : `${title} (${howTo[kind]})`;
	const add = (resource: string, operation: string) => {
		const kind = kindOf(resource, operation);
		runs(kind)(titled(`${resource} ${operation}`, kind), async () => {
			if (kind === 'send') await send(operation);
			else if (operation === 'get' && ids.get(resource) === undefined) {
				console.log(`The account has no ${resource}: Get is not tried.`);
			} else await act(resource, operation);
		});
	};

	/** Labels before contacts, which need them; deleting the other way round. */
	const order = ['status', 'source', 'group', 'contact', 'template', 'templateBot', 'messageBot'];
	const rank = ['create', 'getAll', 'get', 'upsert', 'update', 'addToGroup', 'removeFromGroup'];
	const operationsOf = (resource: string) =>
		resources.find(({ value }) => value === resource)?.operations.map(({ value }) => value) ?? [];
	for (const resource of order) {
		const others = operationsOf(resource).filter((operation) => operation !== 'delete');
		for (const operation of others.sort((a, b) => rank.indexOf(a) - rank.indexOf(b))) {
			add(resource, operation);
		}
	}
	for (const operation of operationsOf('message')) add('message', operation);
	for (const resource of [...order].reverse()) {
		if (operationsOf(resource).includes('delete')) add(resource, 'delete');
	}

	test('the trigger looks for new contacts', async () => {
		const poll = await runPoll({
			...{ node: WhatsCloudTrigger, credential: credential() },
			parameters: { event: 'contactCreated' },
		});
		expect(poll.error).toBeUndefined();
	});

	afterAll(async () => {
		for (const resource of [...order].reverse().filter((one) => made.has(one))) {
			const parameters = { resource, operation: 'delete', [idName(resource)]: own(resource) };
			await run(parameters).catch(() => {
				console.error(`Left behind: ${resource} "${name}". Please delete it in WhatsCloud.`);
			});
		}
	});
}
