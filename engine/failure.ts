import type { IncidentKind } from './instance.ts';

/** Thrown by a behaviour when the model cannot go on here; the loop turns it into an incident of that token. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: IncidentKind;

  /** @param message what was expected, what was found, and what to do. */
  constructor(kind: IncidentKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
