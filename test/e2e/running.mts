import type { Stage } from '../../sandbox/n8n/startStage.mts';

/** Handed from globalSetup to globalTeardown, which jest runs in one process. */
export const running: { stage?: Stage; userFolder?: string } = {};
