const pLimit = require('p-limit');

/** As fast as a node can be in this n8n: no checks, no retries, no ledger. */
class Floor {
	description = {
		displayName: 'Floor',
		name: 'floor',
		group: ['transform'],
		version: 1,
		description: 'A bare loop over httpRequestWithAuthentication',
		defaults: { name: 'Floor' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'whatsCloudApi', required: true }],
		properties: [
			{ displayName: 'Root', name: 'root', type: 'string', default: '' },
			{ displayName: 'Task', name: 'task', type: 'string', default: 'send' },
			{ displayName: 'Parallel', name: 'parallel', type: 'number', default: 10 },
			{ displayName: 'Pages', name: 'pages', type: 'number', default: 1 },
			{ displayName: 'Per Page', name: 'perPage', type: 'number', default: 1000 },
			{ displayName: 'To', name: 'to', type: 'string', default: '' },
			{ displayName: 'Text', name: 'text', type: 'string', default: '' },
		],
	};

	async execute() {
		const parameter = (name, item = 0) => this.getNodeParameter(name, item);
		const limit = pLimit(parameter('parallel'));
		const request = async (options) =>
			await this.helpers.httpRequestWithAuthentication.call(this, 'whatsCloudApi', options);
		if (parameter('task') === 'list') {
			const pages = await Promise.all(
				Array.from({ length: parameter('pages') }, (_, index) =>
					limit(request, {
						url: `${parameter('root')}/contacts`,
						qs: { page: index + 1, per_page: parameter('perPage') },
					}),
				),
			);
			return [pages.flatMap(({ data }) => data.data.map((json) => ({ json, pairedItem: 0 })))];
		}
		const send = async (_, item) => {
			const { data } = await request({
				method: 'POST',
				url: `${parameter('root')}/messages/send`,
				body: { phone_number: parameter('to', item), message_body: parameter('text', item) },
			});
			return { json: data, pairedItem: { item } };
		};
		return [await Promise.all(this.getInputData().map((input, item) => limit(send, input, item)))];
	}
}

module.exports = { Floor };
