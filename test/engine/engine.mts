/** A node in n8n's own engine: run as a step, polled, called by its URL, or asked by the editor. */
export { addressOf, type SandboxAddress } from './address.mts';
export { callTool } from './callTool.mts';
export type { Credential } from './credentialStore.mts';
export {
	type EditorOptions,
	runListSearch,
	runLoadOptions,
	runResourceMapping,
} from './editor.mts';
export { type NodeRun, runNode, type RunOptions } from './runNode.mts';
export { type PollOptions, type PollRun, runPoll } from './runPoll.mts';
export { hostWebhook, type WebhookHost, type WebhookOptions } from './runWebhook.mts';
export { expectNoSecret } from './secrets.mts';
export type { BinaryMode, LogLine } from './services.mts';
export { type PageAnswer, requestPage, timeIsUp } from './waitingRun.mts';
export type { NodeOptions, NodeSettings } from './workflow.mts';
