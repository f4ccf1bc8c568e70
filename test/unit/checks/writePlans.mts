import { writeFileSync } from 'node:fs';

import { plansSource } from './plansSource.mts';

// Run after an update of libphonenumber-js: `node test/unit/checks/writePlans.mts`.
writeFileSync(new URL('../../../nodes/WhatsCloud/checks/plans.ts', import.meta.url), plansSource());
