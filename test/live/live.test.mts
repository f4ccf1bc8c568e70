import { accountOfEnvironment, VARIABLES } from '../../sandbox/probe/account.mts';
import { describeOnAccount } from './operations.mts';

// A rate limit, which all integrations of the account share, may hold a test up for a minute and more.
jest.setTimeout(300_000);

const account = accountOfEnvironment(process.env);

if (account) {
	describe('the node on this account', () => {
		describeOnAccount(() => account, {
			writes: process.env['WHATSCLOUD_LIVE_WRITE'] === 'yes',
			sendTo: process.env['WHATSCLOUD_LIVE_SEND'],
		});
	});
} else {
	const missing = `no account in ${VARIABLES.baseUrl}, ${VARIABLES.subdomain} and ${VARIABLES.token}`;
	// jest shows nothing of a file whose tests are all skipped.
	process.stderr.write(`Not run: ${missing}. See CONTRIBUTING.md, "Have an account?"\n`);
	test.skip(missing, () => undefined);
}
