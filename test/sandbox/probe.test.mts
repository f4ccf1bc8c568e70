import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountOf, accountOfEnvironment, Trouble } from '../../sandbox/probe/account.mts';
import { MARK } from '../../sandbox/probe/made.mts';
import { probe, type Outcome, type ProbeOptions } from '../../sandbox/probe/probe.mts';
import { serverOf, type Server } from '../../sandbox/server/generations.mts';
import {
	type Behaviour,
	type Generation,
	generations,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '../../sandbox/server/sandbox.mts';

interface Report {
	generations: Generation[];
	differences: { name: string; came: unknown }[];
	switches: Partial<Server>;
	notAsked: Record<string, string>;
	facts: { says: string; verdict: string; came?: string }[];
	counts: Record<string, number>;
	requests: number;
}

const quick = { intervalMs: 0, sleep: () => Promise.resolve(), now: () => performance.now() };
const account = ({ baseUrl, subdomain, token }: Sandbox) => ({ baseUrl, subdomain, token });

/** A sandbox of its own, since the probe writes. */
async function withSandbox<Result>(
	options: SandboxOptions,
	work: (sandbox: Sandbox) => Promise<Result>,
): Promise<Result> {
	const sandbox = await startSandbox({ randomSeed: 1, ...options });
	try {
		return await work(sandbox);
	} finally {
		await sandbox.close();
	}
}

const run = async (sandbox: Sandbox, more: Partial<ProbeOptions> = {}): Promise<Outcome> =>
	await probe({ account: account(sandbox), pace: quick, say: () => undefined, ...more });
const reportOf = ({ json }: Outcome) => json as Report;
const stored = ({ data }: Sandbox) =>
	structuredClone([
		...[data.contacts, data.statuses, data.sources, data.groups].map((table) => table.all()),
	]);

/** What can't be told without looking at a phone or being a webhook. */
const neverSettled = [
	...['documentSwap', 'buttons', 'recordWebhooks', 'messageWebhooks', 'signedWebhooks'],
	'masterSwitchIgnored',
];
const onlyByWriting = [
	...['typeRequiredOnUpdate', 'emailClearable', 'groupsByName', 'datesWritable', 'strictFields'],
	...['createAnswer', 'templateRefusals', 'jpg'],
];
const onlyBySending = ['sendsCreateContacts', 'sendsRewritePhone'];

describe.each(generations)('on %s', (server) => {
	const expectedOf = (leftOut: string[]) =>
		Object.fromEntries(
			Object.entries(serverOf(server)).filter(
				// A contact without facebook_psid proves nothing.
				([name, value]) => !leftOut.includes(name) && (name !== 'facebookPsid' || value === true),
			),
		);

	test('reading alone recognizes it, names its switches, writes nothing and takes at most 40 requests', async () => {
		await withSandbox({ server }, async (sandbox) => {
			const before = stored(sandbox);
			const outcome = await run(sandbox);
			const { generations: found, differences, switches, requests, facts } = reportOf(outcome);
			expect([found, differences]).toEqual([[server], []]);
			const leftOut = [...neverSettled, ...onlyByWriting, ...onlyBySending];
			const lastname = server === 'A' ? [] : ['lastnameOnCreate'];
			// A send that never creates has no contact whose phone it could have stored.
			expect(switches).toEqual(expectedOf([...leftOut, ...lastname]));
			expect(facts.filter(({ verdict }) => verdict === 'differs')).toEqual([]);
			expect(requests).toBe(sandbox.requests.length);
			expect(requests).toBeLessThanOrEqual(40);
			expect(stored(sandbox)).toEqual(before);
			expect([sandbox.messages.length, outcome.exitCode]).toEqual([0, 0]);
		});
	});

	test('writing and sending settle the rest, and leave nothing behind', async () => {
		await withSandbox({ server }, async (sandbox) => {
			const before = stored(sandbox);
			const outcome = await run(sandbox, { writes: true, sendTo: '15555550101' });
			const { generations: found, differences, switches, facts } = reportOf(outcome);
			expect([found, differences]).toEqual([[server], []]);
			const leftOut = server === 'A' ? [...neverSettled, 'sendsRewritePhone'] : neverSettled;
			expect(switches).toEqual(expectedOf(leftOut));
			expect(facts.filter(({ verdict }) => verdict === 'differs')).toEqual([]);
			expect([outcome.left, outcome.exitCode]).toEqual([[], 0]);
			expect(stored(sandbox)).toEqual(before);
			expect(sandbox.messages[0]).toMatchObject({ phone: '15555550101', contactId: 1 });
		});
	});
});

test.each<[Generation, Partial<Behaviour>]>([
	['A', { missingContact: 404 }],
	['A', { contactFiltersApplied: true }],
	['B', { tenantErrorStatus: 400 }],
	['B2', { listShape: 'flat' }],
	['C', { templateIdAsText: true }],
	['D', { currentTenantInApi: true }],
	['D', { otp: false }],
	['D', { pageSizeLimit: { max: 50, above: 'clamp' } }],
	['D', { pageSizeLimit: { max: 100, above: 'refuse' } }],
	['brand', { booleansAsNumbers: false }],
	['D', { stableOrder: true }],
	['D', { emailClearable: false }],
	['C', { jpg: false }],
	['B', { templateRefusals: 'worded' }],
	['D', { strictFields: false }],
	['D', { createAnswer: 'full' }],
	['B', { datesWritable: false }],
	['D', { sendsRewritePhone: false }],
])('%s with %j: just that difference', async (server, behaviour) => {
	await withSandbox({ server, behaviour }, async (sandbox) => {
		const report = reportOf(await run(sandbox, { writes: true, sendTo: '15555550101' }));
		expect(report.differences).toMatchObject(
			Object.entries(behaviour).map(([name, came]) => ({ name, came })),
		);
		expect(report.generations).toEqual([server]);
	});
});

test('a contact that the text to the own number makes is deleted again', async () => {
	await withSandbox({ server: 'D' }, async (sandbox) => {
		const before = stored(sandbox);
		const outcome = await run(sandbox, { sendTo: '15550170001' });
		expect([outcome.exitCode, outcome.left]).toEqual([0, []]);
		expect(sandbox.messages[0]?.phone).toBe('15550170001');
		expect(stored(sandbox)).toEqual(before);
	});
});

describe('an account', () => {
	test('that is empty settles less, and says why', async () => {
		await withSandbox({ server: 'D', seed: 'empty' }, async (sandbox) => {
			const { generations: found, notAsked } = reportOf(await run(sandbox));
			expect(found).toContain('D');
			expect(notAsked).toMatchObject({
				...{ customFields: 'the account has no contacts' },
				...{ templateIdAsText: 'the account has no templates' },
			});
		});
	});

	test('that is young has statuses above 50, and keeps its contact of its own in them', async () => {
		const behaviour = { facebookPsid: false };
		await withSandbox({ server: 'D', seed: 'young', behaviour }, async (sandbox) => {
			const report = reportOf(await run(sandbox, { writes: true }));
			expect(report.counts['statuses with an id above 50']).toBe(5);
			expect([report.generations, report.differences]).toEqual([['D'], []]);
		});
	});

	test.each([
		[{ status: 3, source: 1 }, 'the defaults of Auto Lead were written'],
		[{ status: 60, source: 1 }, 'HTTP 422, status_id'],
		[{ status: 1, source: 1, assignee: 5 }, 'an assignee in Auto Lead refuses every update'],
	])('with Auto Lead %j: %s', async (autoLead, came) => {
		await withSandbox({ server: 'D', behaviour: { autoLead } }, async (sandbox) => {
			const before = stored(sandbox);
			const { facts, counts, differences } = reportOf(await run(sandbox, { writes: true }));
			expect(facts).toContainEqual({
				...{ says: 'An update without status and source keeps them (Auto Lead off)' },
				...{ verdict: 'differs', came },
			});
			expect(counts['Auto Lead is on']).toBe(1);
			expect(differences).toEqual([]);
			expect(stored(sandbox)).toEqual(before);
		});
	});
});

test('the report holds nothing of what the account holds', async () => {
	await withSandbox({ server: 'D' }, async (sandbox) => {
		const { json, lines } = await run(sandbox, { writes: true, sendTo: '15555550101' });
		const { data, token, subdomain } = sandbox;
		const held = [
			...data.contacts
				.all()
				.flatMap(({ firstname, lastname, phone, email }) => [
					...[firstname, lastname, phone, phone?.replace('+', ''), email],
				]),
			...data.statuses.all().map(({ name }) => name),
			...data.templates.all().map(({ template_name }) => template_name),
			...['shoe_size', token, `/${subdomain}`, MARK, '1202555'],
		];
		for (const text of [JSON.stringify(json), lines.join('\n')]) {
			for (const part of held) {
				// Three letters are part of any word.
				if (part && part.length > 3) expect(text).not.toContain(part);
			}
		}
	});
});

describe('what cannot be asked', () => {
	const html = '<!DOCTYPE html><html><body>Bad gateway</body></html>';
	const answering =
		(status: number, body: string, type: string, headers = {}): RequestListener =>
		(_request, response) => {
			response.writeHead(status, { 'content-type': type, ...headers }).end(body);
		};

	test.each<[string, Partial<ReturnType<typeof account>>, Partial<Behaviour>, RegExp]>([
		['a wrong token', { token: 'x'.repeat(64) }, {}, /does not know this token/],
		['a wrong subdomain', { subdomain: 'nobody' }, {}, /does not know this subdomain/],
		['the API switched off', {}, { apiEnabled: false }, /switched off/],
		['the API never set up', {}, { apiConfigured: false }, /never set up/],
		['maintenance', {}, { maintenance: true }, /maintenance/],
		['no server', { baseUrl: 'http://127.0.0.1:49151/api/v1/' }, {}, /Nobody answers/],
		['https for a server without', { baseUrl: 'https' }, {}, /does not speak https/],
	])('%s: in words, and nothing is written', async (_what, entered, behaviour, words) => {
		await withSandbox({ behaviour }, async (sandbox) => {
			const before = stored(sandbox);
			const right = account(sandbox);
			const given = { ...right, ...entered };
			if (given.baseUrl === 'https') given.baseUrl = right.baseUrl.replace('http', 'https');
			const outcome = await run(sandbox, { account: given, writes: true, sendTo: '15555550101' });
			expect(outcome.exitCode).toBe(1);
			expect(outcome.lines.join('\n')).toMatch(words);
			expect(outcome.json).toBeUndefined();
			expect(stored(sandbox)).toEqual(before);
			expect(sandbox.requests.length).toBeLessThanOrEqual(1);
		});
	});

	test.each<[string, RequestListener, RegExp]>([
		["a proxy's page", answering(502, html, 'text/html'), /page for people.*HTTP 502/],
		['a website', answering(200, html, 'text/html'), /page for people/],
		['another API', answering(200, '{"ok":true}', 'application/json'), /not answer as WhatsCloud/],
		[
			'another API that refuses',
			answering(404, '{"message":"x"}', 'application/json'),
			/does not answer/,
		],
		['an empty answer', answering(200, '', 'text/plain'), /Something else/],
		[
			'a redirect',
			answering(301, '', 'text/html', { location: 'https://other.example/api/v1/demo' }),
			/sends on to https:\/\/other\.example\./,
		],
	])('%s: in words', async (_what, listener, words) => {
		const server = createServer(listener);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			const { port } = server.address() as AddressInfo;
			const given = { baseUrl: `http://127.0.0.1:${port}/api/v1/`, subdomain: 'demo', token: 'x' };
			const { exitCode, lines } = await probe({
				...{ account: given, pace: quick, writes: true },
				say: () => undefined,
			});
			expect([exitCode, lines.join('\n')]).toEqual([1, expect.stringMatching(words)]);
		} finally {
			server.close();
		}
	});

	test.each([
		[{ baseUrl: 'http://whatscloud.pro/api/v1/' }, /must begin with https/],
		[{ baseUrl: 'whatscloud' }, /is no address/],
		[{ subdomain: ' ' }, /subdomain is missing/],
		[{ subdomain: 'https://x.example/y' }, /is one word/],
		[{ token: '' }, /token is missing/],
		[{ token: 'a b' }, /blanks/],
	])('%j is refused before any request', (entered, words) => {
		const given = { baseUrl: '', subdomain: 'demo', token: 'x', ...entered };
		expect(() => accountOf(given)).toThrow(Trouble);
		expect(() => accountOf(given)).toThrow(words);
	});

	test('the environment names an account, or none', () => {
		expect(accountOfEnvironment({})).toBeUndefined();
		expect(accountOfEnvironment({ WHATSCLOUD_SUBDOMAIN: 'demo', WHATSCLOUD_TOKEN: ' x ' })).toEqual(
			{ baseUrl: 'https://whatscloud.pro/api/v1/', subdomain: 'demo', token: 'x' },
		);
	});
});

describe('pace', () => {
	test('leaves the interval between two requests', async () => {
		await withSandbox({}, async (sandbox) => {
			let now = 0;
			const sleeps: number[] = [];
			const sleep = (ms: number) => {
				sleeps.push(ms);
				now += ms;
				return Promise.resolve();
			};
			const pace = { intervalMs: 1300, sleep, now: () => now };
			const { requests } = reportOf(await run(sandbox, { pace }));
			expect(sleeps).toEqual(Array(requests - 1).fill(1300));
		});
	});

	test('waits as long as a 429 says, and asks the same again', async () => {
		await withSandbox({ rateLimit: { max: 20, windowMs: 60_000 } }, async (sandbox) => {
			const sleeps: number[] = [];
			const sleep = (ms: number) => {
				sleeps.push(ms);
				sandbox.rateLimit = undefined;
				return Promise.resolve();
			};
			const { differences } = reportOf(await run(sandbox, { pace: { ...quick, sleep } }));
			expect(sleeps).toEqual([expect.any(Number)]);
			expect(sleeps[0]).toBeGreaterThan(30_000);
			expect(differences).toEqual([]);
		});
	});
});

describe('interrupted while it writes', () => {
	/** Interrupts as soon as so many requests have come. */
	const interruptedAt = async (sandbox: Sandbox, count: number) => {
		const interruption = new AbortController();
		const say = () => {
			if (sandbox.requests.length >= count) interruption.abort();
		};
		const sleep = () => {
			say();
			return Promise.resolve();
		};
		return await run(sandbox, {
			...{ writes: true, say, signal: interruption.signal },
			pace: { ...quick, intervalMs: 1e9, sleep },
		});
	};

	test.each([32, 34, 36, 40, 45, 50])('at request %i, it deletes what it made', async (count) => {
		await withSandbox({ server: count % 4 === 0 ? 'A' : 'D' }, async (sandbox) => {
			const before = stored(sandbox);
			const outcome = await interruptedAt(sandbox, count);
			expect([outcome.exitCode, outcome.left]).toEqual([130, []]);
			expect(outcome.lines.join('\n')).toMatch(/^Interrupted\.\nWhat it had made is deleted\.$/);
			expect(stored(sandbox)).toEqual(before);
		});
	});

	test('it names what it could not delete', async () => {
		await withSandbox({ server: 'D' }, async (sandbox) => {
			sandbox.faults.add({ kind: 'html', method: 'DELETE', path: '/contacts/*' });
			const outcome = await interruptedAt(sandbox, 45);
			expect(outcome.exitCode).toBe(3);
			expect(outcome.left.map(({ resource }) => resource)).toEqual([
				...['contacts', 'groups', 'sources', 'statuses'],
			]);
			expect(outcome.lines.join('\n')).toMatch(/contact "12025550100" \(id \d+\)/);
			expect(outcome.lines.join('\n')).toMatch(
				/status "WhatsCloud probe \(delete me\) \w{6}" \(id/,
			);
		});
	});

	test('a contact of whose creation no answer came is found and deleted', async () => {
		await withSandbox({ server: 'B' }, async (sandbox) => {
			const before = stored(sandbox);
			// The answer to a contact of its own is lost.
			sandbox.faults.add({
				...{ kind: 'reset', when: 'after', method: 'POST', path: '/contacts' },
				...{ skip: 3, times: 1 },
			});
			const outcome = await run(sandbox, { writes: true });
			expect(outcome.exitCode).toBe(1);
			expect(outcome.left).toEqual([]);
			expect(stored(sandbox)).toEqual(before);
		});
	});

	test("somebody else's contact with a number of nobody stays, whatever became of the probe's own", async () => {
		await withSandbox({ server: 'B' }, async (sandbox) => {
			const phones = Array.from(
				{ length: 30 },
				(_, index) => `+120255501${String(index).padStart(2, '0')}`,
			);
			sandbox.data.insertContacts(phones.map((phone) => ({ phone, firstname: 'Sally' })));
			const before = stored(sandbox);
			const { exitCode } = await run(sandbox, { writes: true });
			expect(exitCode).toBe(0);
			expect(stored(sandbox)).toEqual(before);
		});
	});

	test('what may have been made is named where nobody can look', async () => {
		await withSandbox({ server: 'B' }, async (sandbox) => {
			const lost = { kind: 'reset', when: 'after', method: 'POST', path: '/statuses' } as const;
			sandbox.faults.add({ ...lost, times: 1 });
			// One reading of the statuses comes before, of all that the account has.
			sandbox.faults.add({ kind: 'html', method: 'GET', path: '/statuses', skip: 1 });
			const outcome = await run(sandbox, { writes: true });
			expect([outcome.exitCode, outcome.left.length]).toEqual([3, 1]);
			expect(outcome.lines.join('\n')).toMatch(/status "WhatsCloud probe .*perhaps/);
		});
	});
});
