import { parseArgs } from 'node:util';
import { presets, type Preset } from './behaviour.mts';
import type { RateLimit } from './rateLimit.mts';
import { startSandbox } from './sandbox.mts';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '5610' },
		token: { type: 'string', default: process.env['WHATSCLOUD_SANDBOX_TOKEN'] },
		'show-token': { type: 'boolean', default: false },
		subdomain: { type: 'string' },
		preset: { type: 'string', default: 'observed' },
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

function parsePreset(text: string): Preset {
	if (Object.hasOwn(presets, text)) return text as Preset;
	throw new Error(`--preset takes one of ${Object.keys(presets).join(', ')}, not "${text}"`);
}

const sandbox = await startSandbox({
	port: Number(values.port),
	token: values.token,
	subdomain: values.subdomain,
	preset: parsePreset(values.preset),
	rateLimit: parseRateLimit(values['rate-limit']),
});
const token = values['show-token'] ? ` token ${sandbox.token}` : '';
console.log(`WhatsCloud sandbox: ${sandbox.url} subdomain ${sandbox.subdomain}${token}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.close());
}
