/** A few of the product's own country ids; the rest of its list is not known here. */
const ids: Record<string, number> = {
	Brazil: 32,
	India: 102,
	Indonesia: 103,
	Mexico: 142,
	Nigeria: 160,
	'United States': 236,
};

/** Quirk 23: an id as text, or the exact English name of which only the first letter is raised. */
export function countryId(country: string): number | null {
	if (/^\d+$/.test(country)) return Number(country);
	return ids[country.charAt(0).toUpperCase() + country.slice(1)] ?? null;
}
