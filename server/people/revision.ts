/**
 * How often somebody's rights were changed by this process: what it remembers of a caller counts only as long as this
 * stays. Other processes notice within the second for which callers are remembered.
 */
let revision = 0;

/** The number of changes so far. */
export function peopleRevision(): number {
  return revision;
}

/** Somebody may do more or less from now on. */
export function peopleChanged(): void {
  revision += 1;
}
