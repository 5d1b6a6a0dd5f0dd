/**
 * Functions that Camunda's FEEL has beyond the standard and that diagrams cannot do without: asking whether a variable
 * is there at all. A variable in their first argument may be absent.
 */
export const EXTENSIONS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  /** `is defined(value)`: false for null and for what is absent. */
  'is defined': (value) => value !== null && value !== undefined,
  /** `get or else(value, default)`: the default for null and for what is absent. */
  'get or else': (value, otherwise) => value ?? otherwise ?? null,
};

/** Whether the first argument of this function may name a variable that does not exist. */
export function isTolerant(name: string): boolean {
  return Object.hasOwn(EXTENSIONS, name);
}
