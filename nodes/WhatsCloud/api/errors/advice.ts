/** What to do about a credential that is wrong, in sentences that several errors share. */
export const OPEN_CREDENTIAL = 'Open the WhatsCloud credential of this node';

export const CHECK_BASE_URL = `${OPEN_CREDENTIAL} and enter the base URL that WhatsCloud shows under API management, usually https://whatscloud.pro/api/v1/`;

export const NEW_TOKEN =
	'In WhatsCloud, open the system settings, then API management, generate a new token and save. Then paste it into the WhatsCloud credential in n8n.';
