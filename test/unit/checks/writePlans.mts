import { readFileSync, writeFileSync } from 'node:fs';

import { withPlans } from './plansSource.mts';

// Run after an update of libphonenumber-js: `node test/unit/checks/writePlans.mts`.
const file = new URL('../../../nodes/WhatsCloud/checks/numberingPlans.ts', import.meta.url);
writeFileSync(file, withPlans(readFileSync(file, 'utf8')));
