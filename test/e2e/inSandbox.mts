import axios from 'axios';
import type { SharedStage } from './stage.mts';

/** What the sandbox has stored or received, seen from outside. */
export async function inSandbox<Entry>(
	{ sandboxUrl }: Pick<SharedStage, 'sandboxUrl'>,
	what: 'contacts' | 'messages',
): Promise<Entry[]> {
	return (await axios.get<Entry[]>(`${sandboxUrl}/sandbox/${what}`)).data;
}
