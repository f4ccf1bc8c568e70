import { execFileSync } from 'node:child_process';
import axios from 'axios';
import { packedTarball } from '../../sandbox/n8n/packPackage.mts';
import { loggedIn, sharedStage } from './stage.mts';

jest.setTimeout(30_000);

const stage = sharedStage();
const n8n = loggedIn(stage);

async function picture(path: string | undefined): Promise<string> {
	const answer = await axios.get<string>(`${stage.n8nUrl}/${path ?? 'no icon'}`);
	return answer.data;
}

type Icon = string | { light: string; dark: string } | undefined;

function bothIcons(icon: Icon): Array<string | undefined> {
	return typeof icon === 'object' ? [icon.light, icon.dark] : [icon];
}

describe('the packed package', () => {
	test('holds what n8n needs and nothing else', () => {
		const listing = execFileSync('tar', ['-tzf', packedTarball() ?? ''], { encoding: 'utf8' });
		const files = listing.trim().split('\n');
		const shipped = /^package\/(dist\/.+\.(js|json|svg)|README\.md|LICENSE|package\.json)$/;
		expect(files.filter((file) => !shipped.test(file))).toEqual([]);
		expect(files).toContain('package/dist/nodes/WhatsCloud/WhatsCloud.node.json');
	});
});

describe('the package in n8n', () => {
	test.each(['whatsCloud', 'whatsCloudTool'])('lists %s with icons and codex', async (name) => {
		const types = await n8n.nodeTypes();
		const type = types.find((candidate) => candidate.name === `n8n-nodes-whatscloud.${name}`);
		expect(type).toMatchObject({
			iconUrl: { light: expect.any(String) as string, dark: expect.any(String) as string },
			codex: { resources: expect.any(Object) as object, alias: expect.any(Array) as string[] },
			credentials: [{ name: 'whatsCloudApi', required: true }],
		});
		for (const icon of bothIcons(type?.iconUrl)) expect(await picture(icon)).toContain('<svg');
	});

	test('lists the credential with icons', async () => {
		const types = await n8n.credentialTypes();
		const type = types.find((candidate) => candidate.name === 'whatsCloudApi');
		expect(type).toBeDefined();
		const icons = bothIcons(type?.iconUrl);
		expect(icons).toHaveLength(2);
		for (const icon of icons) expect(await picture(icon)).toContain('<svg');
	});
});
