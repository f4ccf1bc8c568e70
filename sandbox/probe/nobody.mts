/** Numbers that are given to nobody, so that films can show them: 202 555 0100 to 0199. */
export const numberOfNobody = (index: number) => `120255501${String(index).padStart(2, '0')}`;
