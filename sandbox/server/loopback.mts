const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/** Nothing leaves this computer: an address elsewhere is none. */
export function loopbackUrl(url: string, base?: string): URL | undefined {
	if (!URL.canParse(url, base)) return undefined;
	const parsed = new URL(url, base);
	const isWeb = parsed.protocol === 'http:' || parsed.protocol === 'https:';
	return isWeb && loopbackHosts.includes(parsed.hostname) ? parsed : undefined;
}
