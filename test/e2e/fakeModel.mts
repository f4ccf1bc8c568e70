import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As in OpenAI's chat completions. */
interface ChatRequest {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: ModelTool }>;
}

export interface ModelTool {
	name: string;
	description: string;
	parameters: { properties: Record<string, { type: string; description?: string }> };
}

export interface ToolCall {
	tool: string;
	input: Record<string, unknown>;
}

export interface FakeModel {
	/** What n8n's credential "OpenAI" takes as its base URL. */
	url: string;
	/** What the model was told it can do. */
	tools(): ModelTool[];
	/** What it was told in each request: its instructions, and what people said. */
	conversations(): { system: string; user: string[] }[];
	/** What came back from the tools that it called, as the model reads it. */
	toolResults(): string[];
	close(): Promise<void>;
}

/**
 * Behaves as OpenAI's chat model would: calls the tools one after the other, those of a list at once, then
 * answers.
 */
export async function startFakeModel(
	calls: Array<ToolCall | ToolCall[]>,
	answer: string,
): Promise<FakeModel> {
	const requests: ChatRequest[] = [];
	const turns = calls.map((turn) => [turn].flat());
	const server = createServer((incoming, outgoing) => {
		void bodyOf(incoming).then((request) => {
			requests.push(request);
			// Of this question: a conversation that goes on has the results of earlier ones in it.
			const asked = request.messages.findLastIndex(({ role }) => role === 'user');
			const done = request.messages.slice(asked).filter(({ role }) => role === 'tool').length;
			const turn = turns.find((_, index) => turns.slice(0, index).flat().length === done);
			const message =
				turn === undefined
					? { role: 'assistant', content: answer }
					: {
							role: 'assistant',
							content: null,
							tool_calls: turn.map((call, index) => toolCall(call, done + index)),
						};
			outgoing.setHeader('Content-Type', 'application/json').end(
				JSON.stringify({
					id: `completion-${requests.length}`,
					object: 'chat.completion',
					created: 0,
					model: 'fake',
					choices: [{ index: 0, finish_reason: turn ? 'tool_calls' : 'stop', message }],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		tools: () => requests[0]?.tools?.map((tool) => tool.function) ?? [],
		conversations: () =>
			requests.map((request) => {
				const said = (by: string) =>
					request.messages.filter(({ role }) => role === by).map(({ content }) => String(content));
				return { system: said('system').join('\n'), user: said('user') };
			}),
		toolResults: () =>
			(requests.at(-1)?.messages ?? [])
				.filter(({ role }) => role === 'tool')
				.map(({ content }) => String(content)),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => {
				server.close(resolve);
			});
		},
	};
}

function toolCall({ tool, input }: ToolCall, index: number) {
	return {
		id: `call_${index}`,
		type: 'function',
		function: { name: tool, arguments: JSON.stringify(input) },
	};
}

async function bodyOf(incoming: IncomingMessage): Promise<ChatRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(chunk as Buffer);
	return JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest;
}
