// n8n reads these while its modules load, so this file is the first import of the engine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const userFolder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));

process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_LOG_LEVEL = 'silent';
delete process.env.N8N_DEFAULT_BINARY_DATA_MODE;

afterAll(() => {
	rmSync(userFolder, { recursive: true, force: true });
});
