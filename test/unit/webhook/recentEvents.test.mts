import { EventEmitter } from 'node:events';

import { RecentEvents } from '../../../nodes/WhatsCloud/webhook/delivery';

/** The last repeat of WhatsCloud can come 93 seconds after the first delivery. */
const LAST_REPEAT = 93_000;
const AN_HOUR = 3_600_000;

/** An answer as Node.js has it: `end` also works when the sender has hung up. */
class Answer extends EventEmitter {
	statusCode = 200;
	writableEnded = false;

	end(statusCode: number): void {
		Object.assign(this, { statusCode, writableEnded: true });
	}

	hangUp(): void {
		this.emit('close');
	}
}

const keys = ['a', 'b', 'c'];
const setUp = () => {
	const recent = new RecentEvents();
	const answer = new Answer();
	recent.claim(keys, answer, 0);
	return { answer, recent, states: (now: number) => keys.map((key) => recent.stateOf(key, now)) };
};
const all = (state: string) => keys.map(() => state);

test('what nobody has claimed is new', () => {
	expect(new RecentEvents().stateOf('a', 0)).toBe('new');
});

test('what is claimed is pending, taken after a success, and new again after an error', () => {
	const { answer, states } = setUp();
	expect(states(1)).toEqual(all('pending'));
	answer.end(200);
	expect(states(1)).toEqual(all('taken'));
	answer.end(500);
	expect(states(1)).toEqual(all('new'));
});

test('what became of it stays, whatever happens to the answer after it is over', () => {
	for (const [status, state] of [
		[200, 'taken'],
		[500, 'new'],
	] as const) {
		const { answer, states } = setUp();
		answer.end(status);
		answer.hangUp();
		answer.statusCode = 404;
		if (state === 'taken') expect(states(1)).toEqual(all('taken'));
		else expect(states(1)).toEqual(all('new'));
	}
});

test.each([
	[200, 'taken'],
	[500, 'new'],
])('a sender who hangs up before an answer of %i changes nothing: %s', (status, state) => {
	const { answer, states } = setUp();
	answer.hangUp();
	expect(states(1)).toEqual(all('pending'));
	answer.end(status);
	expect(states(1)).toEqual(all(state));
});

test.each([200, undefined])(
	'it is kept until the last repeat, and forgotten later: %p',
	(status) => {
		const { answer, states } = setUp();
		if (status !== undefined) answer.end(status);
		expect(states(LAST_REPEAT)).toEqual(all(status === 200 ? 'taken' : 'pending'));
		expect(states(AN_HOUR)).toEqual(all('new'));
	},
);

test('what failed can be claimed anew', () => {
	const { answer, recent, states } = setUp();
	answer.end(503);
	const second = new Answer();
	recent.claim(['b'], second, 5);
	expect(states(6)).toEqual(['new', 'pending', 'new']);
	second.end(200);
	expect(states(LAST_REPEAT)).toEqual(['new', 'taken', 'new']);
});

test('what was claimed anew keeps nothing that is older from being forgotten', () => {
	const { answer, recent, states } = setUp();
	answer.end(503);
	const [second, third] = [new Answer(), new Answer()];
	recent.claim(['d'], second, 1);
	recent.claim(['a'], third, LAST_REPEAT);
	for (const taken of [second, third]) taken.end(200);
	expect([...states(120_000), recent.stateOf('d', 120_000)]).toEqual([
		'taken',
		'new',
		'new',
		'new',
	]);
});

test('no more stays behind than came within two minutes', () => {
	const recent = new RecentEvents();
	const [total, every] = [200_000, 86.4];
	for (let count = 0; count < total; count++) {
		recent.stateOf(`event ${count}`, count * every);
		recent.claim([`event ${count}`], new Answer(), count * every);
	}
	const claims = (recent as unknown as { claims: Map<string, unknown> }).claims;
	expect(claims.size).toBeLessThan(120_000 / every);
});
