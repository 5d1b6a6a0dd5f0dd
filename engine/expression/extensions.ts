/** Functions that ask whether their first argument is there at all: a variable in it may be absent. */
const TOLERANT: ReadonlySet<string> = new Set(['is defined', 'get or else']);

/** Whether the first argument of this function may name a variable that does not exist. */
export function isTolerant(name: string): boolean {
  return TOLERANT.has(name);
}
