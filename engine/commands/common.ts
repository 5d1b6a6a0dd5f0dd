import type { Note } from '../event.ts';
import type { Execution } from '../execution.ts';
import { Rejection } from '../rejection.ts';

/** What was expected is not there any more: somebody or something else was faster. */
export function gone(x: Execution, expected: string): Rejection {
  return new Rejection('conflict', `Expected ${expected} in instance ${x.instance.id}, but it is not.`);
}

/** Writes notes into the log of the case. */
export function addNotes(x: Execution, notes: readonly Note[] = []): void {
  for (const note of notes) x.emit({ type: 'NoteAdded', id: x.draw(), ...note });
}
