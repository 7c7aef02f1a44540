/** A key that none of the others is: aspect_1, aspect_2 ... */
export function freshName(kind: string, taken: string[]): string {
  for (let number = 1; ; number += 1) if (!taken.includes(`${kind}_${number}`)) return `${kind}_${number}`;
}
