/** What to do about the failures that users meet most, by Meta's code. */
const ADVICE: Record<number, string> = {
	130429: 'Your WhatsApp number sends too much at once; wait a moment.',
	130472: 'WhatsApp holds back marketing messages to this person at present.',
	131026: 'The number has no WhatsApp, or its owner has not accepted the newest terms of WhatsApp.',
	131030: 'A test number of WhatsApp sends only to the numbers on its list of allowed recipients.',
	131042: 'Meta could not charge your WhatsApp account: check its payment method at Meta.',
	131047:
		'The contact wrote to you more than 24 hours ago: WhatsApp then takes only templates. Use the operation "Send Template".',
	131049: 'The person got too many marketing messages lately; try again after a day or more.',
	131053: 'WhatsApp could not use the file: check its type and size, or send another one.',
	131056: 'Too many messages to this number in a short time; wait a moment.',
	132000: 'The number of values does not match the variables of the template.',
	132001: 'The template does not exist in this language, or is not approved.',
	132015: 'WhatsApp has paused the template because people complained about it.',
	132016: 'WhatsApp has disabled the template for good because people complained about it.',
};

export function failureAdvice(code: number | null | undefined): string | undefined {
	return code === null || code === undefined ? undefined : ADVICE[code];
}
