import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface Mailbox {
	port: number;
	/** Each with its headers; lines that the mail program has broken are whole. */
	letters: string[];
	close(): Promise<void>;
}

/** One client's session in SMTP, as far as sending a letter needs it. */
function serve(socket: Socket, letters: string[]): void {
	let unread = '';
	let letter: string | undefined;
	const say = (line: string) => socket.write(`${line}\r\n`);
	const take = (line: string) => {
		if (letter !== undefined) {
			if (line !== '.') {
				letter += `${line}\n`;
				return;
			}
			letters.push(letter.replaceAll('=\n', ''));
			letter = undefined;
			say('250 Taken');
		} else if (/^data$/i.test(line)) {
			letter = '';
			say('354 Go on');
		} else if (/^quit/i.test(line)) {
			say('221 Bye');
			socket.end();
		} else {
			say('250 Yes');
		}
	};
	socket.on('data', (chunk) => {
		const lines = (unread + chunk.toString()).split('\r\n');
		unread = lines.pop() ?? '';
		lines.forEach(take);
	});
	socket.on('error', () => socket.destroy());
	say('220 A mailbox for tests');
}

/** Takes every letter, on loopback. */
export async function startMailbox(): Promise<Mailbox> {
	const letters: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		serve(socket, letters);
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		letters,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => {
				server.close(resolve);
			});
		},
	};
}
