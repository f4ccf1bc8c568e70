import type { WhatsCloudCredentials } from '../../../nodes/WhatsCloud/api/credential';
import { InputError } from '../../../nodes/WhatsCloud/checks/text';
import { apiRoot, checkSameServer } from '../../../nodes/WhatsCloud/api/credential';

const root = 'https://whatscloud.pro/api/v1/demo';

const addresses: Array<[baseUrl: string, subdomain: string, expected: string]> = [
	// The forms people copy.
	['https://whatscloud.pro/api/v1/', 'demo', root],
	['https://whatscloud.pro/api/v1', 'demo', root],
	['https://whatscloud.pro/api/v1//', 'demo', root],
	['https://whatscloud.pro//api//v1//', 'demo', root],
	['https://whatscloud.pro/api/v1/demo', 'demo', root],
	['https://whatscloud.pro/api/v1/demo/', 'demo', root],
	['https://whatscloud.pro/api/v1/demo//', 'demo', root],
	['https://whatscloud.pro/api/v1/Demo/', 'demo', root],
	['https://whatscloud.pro/api/v1/demo/', 'Demo', 'https://whatscloud.pro/api/v1/Demo'],
	['  https://whatscloud.pro/api/v1/  ', 'demo', root],
	['\thttps://whatscloud.pro/api/v1/\n', 'demo', root],
	['https://whatscloud.pro/api/v1/', ' demo ', root],
	['https://whatscloud.pro/api/v1/', '/demo', root],
	['https://whatscloud.pro/api/v1/', 'demo/', root],
	['https://whatscloud.pro/api/v1/', '//demo//', root],
	['whatscloud.pro/api/v1/', 'demo', root],
	['whatscloud.pro/api/v1', 'demo', root],
	['whatscloud.pro/api/v1/demo/', 'demo', root],
	// Upper case: of scheme and host it does not matter, of the path it does.
	['HTTPS://WhatsCloud.PRO/api/v1/', 'demo', root],
	['https://whatscloud.pro/API/V1/', 'demo', 'https://whatscloud.pro/API/V1/demo'],
	// Nothing is hard-coded.
	['https://whatscloud.pro/api/v2/', 'demo', 'https://whatscloud.pro/api/v2/demo'],
	['https://whatscloud.pro/', 'demo', 'https://whatscloud.pro/demo'],
	['https://whatscloud.pro', 'demo', 'https://whatscloud.pro/demo'],
	['https://crm.example.com/whats/api/v1/', 'demo', 'https://crm.example.com/whats/api/v1/demo'],
	['https://example.com/demo/api/v1/', 'demo', 'https://example.com/demo/api/v1/demo'],
	['https://demo.example.com/api/v1/', 'demo', 'https://demo.example.com/api/v1/demo'],
	['https://demo/api/v1/', 'demo', 'https://demo/api/v1/demo'],
	// Subdomains with everything a label may hold.
	['https://whatscloud.pro/api/v1/', 'own-codes', 'https://whatscloud.pro/api/v1/own-codes'],
	['https://whatscloud.pro/api/v1/', 'own_codes', 'https://whatscloud.pro/api/v1/own_codes'],
	['https://whatscloud.pro/api/v1/', 'own.codes', 'https://whatscloud.pro/api/v1/own.codes'],
	['https://whatscloud.pro/api/v1/', '4711', 'https://whatscloud.pro/api/v1/4711'],
	['https://whatscloud.pro/api/v1/', 'v1', 'https://whatscloud.pro/api/v1'],
	// Ports.
	['https://whatscloud.pro:8443/api/v1/', 'demo', 'https://whatscloud.pro:8443/api/v1/demo'],
	['https://whatscloud.pro:443/api/v1/', 'demo', root],
	['whatscloud.pro:8443/api/v1/', 'demo', 'https://whatscloud.pro:8443/api/v1/demo'],
	// What follows a question mark or # is no part of the address of the API.
	['https://whatscloud.pro/api/v1/?page=2', 'demo', root],
	['https://whatscloud.pro/api/v1/demo/?page=2&per_page=5', 'demo', root],
	['https://whatscloud.pro/api/v1/#contacts', 'demo', root],
	// Names and passwords in an address are not sent.
	['https://me:secret@whatscloud.pro/api/v1/', 'demo', root],
	// Plain http for this computer only.
	['http://localhost:5610/api/v1/', 'demo', 'http://localhost:5610/api/v1/demo'],
	['http://LOCALHOST:5610/api/v1/', 'demo', 'http://localhost:5610/api/v1/demo'],
	['http://127.0.0.1:5610/api/v1/', 'demo', 'http://127.0.0.1:5610/api/v1/demo'],
	['http://127.1.2.3/api/v1/', 'demo', 'http://127.1.2.3/api/v1/demo'],
	['http://127.1/api/v1/', 'demo', 'http://127.0.0.1/api/v1/demo'],
	['http://2130706433/api/v1/', 'demo', 'http://127.0.0.1/api/v1/demo'],
	['http://[::1]:5610/api/v1/', 'demo', 'http://[::1]:5610/api/v1/demo'],
	['http://[0:0:0:0:0:0:0:1]/api/v1/', 'demo', 'http://[::1]/api/v1/demo'],
	[
		'http://host.docker.internal:5610/api/v1/',
		'demo',
		'http://host.docker.internal:5610/api/v1/demo',
	],
	['http://HOST.docker.internal/api/v1/', 'demo', 'http://host.docker.internal/api/v1/demo'],
	// What a copy brings along.
	['\u200bhttps://whatscloud.pro/api/v1/\ufeff', '\u2060demo\u200b', root],
	['http://127.0.0.1:80/api/v1/demo/', 'demo', 'http://127.0.0.1/api/v1/demo'],
];

const refused: Array<[baseUrl: string, subdomain: string, title: string]> = [
	['http://whatscloud.pro/api/v1/', 'demo', 'must start with https://'],
	['HTTP://whatscloud.pro/api/v1/', 'demo', 'must start with https://'],
	['http://localhost.example.com/api/v1/', 'demo', 'must start with https://'],
	['http://127.0.0.1.example.com/', 'demo', 'must start with https://'],
	['http://127.0.0.1@whatscloud.pro/', 'demo', 'must start with https://'],
	['http://host.docker.internal.example.com/', 'demo', 'must start with https://'],
	['http://xhost.docker.internal/', 'demo', 'must start with https://'],
	['http://10.0.0.5/api/v1/', 'demo', 'must start with https://'],
	['http://192.168.1.10/api/v1/', 'demo', 'must start with https://'],
	['http://0.0.0.0/api/v1/', 'demo', 'must start with https://'],
	['http://[::2]/api/v1/', 'demo', 'must start with https://'],
	['http://[::ffff:10.0.0.1]/api/v1/', 'demo', 'must start with https://'],
	['', 'demo', 'is not a web address'],
	['   ', 'demo', 'is not a web address'],
	['https://', 'demo', 'is not a web address'],
	['https://exa mple.com/', 'demo', 'is not a web address'],
	['ftp://whatscloud.pro/api/v1/', 'demo', 'is not a web address'],
	['file:///etc/passwd', 'demo', 'is not a web address'],
	['javascript://whatscloud.pro/', 'demo', 'is not a web address'],
	['https://whatscloud.pro/api/v1/', '', 'has no subdomain'],
	['https://whatscloud.pro/api/v1/', '  / ', 'has no subdomain'],
	['https://whatscloud.pro/api/v1/', '/', 'has no subdomain'],
	['https://whatscloud.pro/api/v1/', 'de mo', "can't be right"],
	['https://whatscloud.pro/api/v1/', 'de/mo', "can't be right"],
	['https://whatscloud.pro/api/v1/', '../admin', "can't be right"],
	['https://whatscloud.pro/api/v1/', '..', "can't be right"],
	['https://whatscloud.pro/api/v1/', '.', "can't be right"],
	['https://whatscloud.pro/api/v1/', 'demo?x=1', "can't be right"],
	['https://whatscloud.pro/api/v1/', 'demo#x', "can't be right"],
	['https://whatscloud.pro/api/v1/', 'https://demo', "can't be right"],
];

test.each(addresses)('%j + %j is %s', (baseUrl, subdomain, expected) => {
	expect(apiRoot({ baseUrl, subdomain, apiToken: 'x' })).toBe(expected);
});

test.each(refused)('%j + %j is refused: %s', (baseUrl, subdomain, title) => {
	expect(() => apiRoot({ baseUrl, subdomain, apiToken: 'x' })).toThrow(title);
});

test.each([
	[4711, `https://whatscloud.pro/api/v1/4711`],
	['4711', `https://whatscloud.pro/api/v1/4711`],
])('a subdomain that an expression gives as %j is taken', (subdomain, expected) => {
	const given = { baseUrl: 'https://whatscloud.pro/api/v1/', subdomain, apiToken: 'x' };
	expect(apiRoot(given as WhatsCloudCredentials)).toBe(expected);
});

test.each([undefined, null, {}, NaN])('%j is no subdomain', (subdomain) => {
	const given = { baseUrl: 'https://whatscloud.pro/api/v1/', subdomain, apiToken: 'x' };
	expect(() => apiRoot(given as unknown as WhatsCloudCredentials)).toThrow(InputError);
});

test.each([
	['https://whatscloud.pro/api/v1/demo/contacts', true],
	['https://WHATSCLOUD.pro:443/other', true],
	['http://whatscloud.pro/api/v1/demo/contacts', false],
	['https://whatscloud.pro:8443/api/v1/demo', false],
	['https://whatscloud.pro.example.com/api/v1/demo', false],
	['https://whatscloud.pro@example.com/', false],
	['/api/v1/demo/contacts', false],
])('a token for https://whatscloud.pro may go to %s: %j', (address, may) => {
	const credentials = { baseUrl: 'whatscloud.pro/api/v1/', subdomain: 'demo', apiToken: 'x' };
	const check = () => {
		checkSameServer(credentials, address);
	};
	if (may) expect(check).not.toThrow();
	else expect(check).toThrow('The WhatsCloud credential is only for https://whatscloud.pro');
});
