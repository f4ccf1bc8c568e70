import { parseArgs } from 'node:util';
import { defaultGeneration, generationCalled } from './generations.mts';
import type { RateLimit } from './rateLimit.mts';
import { startSandbox } from './sandbox.mts';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '5610' },
		token: { type: 'string', default: process.env['WHATSCLOUD_SANDBOX_TOKEN'] },
		'show-token': { type: 'boolean', default: false },
		subdomain: { type: 'string' },
		server: { type: 'string', default: defaultGeneration },
		// The real server's default: 60 requests in 60 seconds.
		'rate-limit': { type: 'string', default: '60/60' },
	},
});

function parseRateLimit(text: string): RateLimit | undefined {
	if (text === 'off') return undefined;
	const [, max, seconds] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
	if (!Number(max) || !Number(seconds)) {
		throw new Error(`--rate-limit takes "requests/seconds" or "off", not "${text}"`);
	}
	return { max: Number(max), windowMs: Number(seconds) * 1000 };
}

const sandbox = await startSandbox({
	port: Number(values.port),
	token: values.token,
	subdomain: values.subdomain,
	server: generationCalled(values.server),
	rateLimit: parseRateLimit(values['rate-limit']),
});
const token = values['show-token'] ? ` token ${sandbox.token}` : '';
console.log(
	`WhatsCloud sandbox, server ${values.server}: ${sandbox.url} subdomain ${sandbox.subdomain}${token}`,
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.close());
}
