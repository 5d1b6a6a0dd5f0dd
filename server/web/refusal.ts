/** A refusal: HTTP says no before any part of the domain is asked. */
export type RefusalReason =
  | 'csrf'
  | 'permission'
  | 'signed-out'
  | 'token'
  | 'credentials'
  | 'missing'
  | 'too-many'
  | 'too-large'
  | 'media-type'
  | 'overload'
  | 'not-yet';

/** Answered with `status` and the text `error:REASON` in the reader's language. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly reason: RefusalReason;

  constructor(status: number, reason: RefusalReason, message: string = reason) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}
