export interface SandboxAddress {
	/** `http://127.0.0.1:PORT` */
	url: string;
	subdomain: string;
	token: string;
}

/** What a user of that account enters in the WhatsCloud credential. */
export const addressOf = ({ url, subdomain, token }: SandboxAddress) => ({
	baseUrl: `${url}/api/v1/`,
	subdomain,
	apiToken: token,
});
