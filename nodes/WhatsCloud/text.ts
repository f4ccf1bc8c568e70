/** Marks that nobody sees, such as those that come along when text is copied from a page or a chat. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;

export function withoutInvisible(text: string): string {
	return text.replace(INVISIBLE, '');
}
