/**
 * The digits of an international number, or what keeps a text from being one. The page uses it too:
 * its source runs in the browser, so it uses nothing from outside of itself.
 */
export function internationalNumber(text: string): { digits: string } | { problem: string } {
	const howTo =
		'A phone number has 7 to 15 digits, the country code first, such as +1 555 555 0123.';
	const written = text.replace(/[\s().\-/]/g, '');
	const digits = written.replace(/^(\+|00)/, '');
	const problem = !/^\d+$/.test(digits)
		? 'is no phone number'
		: digits.startsWith('0')
			? 'has no country code'
			: digits.length < 7
				? 'is too short'
				: digits.length > 15
					? 'is too long'
					: undefined;
	return problem === undefined ? { digits } : { problem: `"${text.trim()}" ${problem}. ${howTo}` };
}
