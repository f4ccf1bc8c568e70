import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { WhatsCloudApi } from '../../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import { WhatsCloudTrigger } from '../../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { WhatsCloudWebhookTrigger } from '../../../nodes/WhatsCloud/WhatsCloudWebhookTrigger.node';
import { frozen, frozenNode } from './frozenNames.mts';

const FILE = join(__dirname, 'frozen.json');
const credential = new WhatsCloudApi();

/**
 * Saved workflows and agents hold these names and values, so none of them changes or goes. After adding one:
 * `FREEZE=1 npx jest --selectProjects unit --testPathPatterns names`, and look at the difference.
 */
test('no name, value or default has changed', () => {
	const current = {
		credential: { name: credential.name, fields: frozen(credential.properties) },
		nodes: [new WhatsCloud(), new WhatsCloudTrigger(), new WhatsCloudWebhookTrigger()].map(
			frozenNode,
		),
	};
	if (process.env['FREEZE']) writeFileSync(FILE, `${JSON.stringify(current, null, '\t')}\n`);
	expect(JSON.parse(JSON.stringify(current))).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
});
