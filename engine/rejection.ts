/** A rejection: the caller's fault. Nothing is stored; HTTP answers 4xx with `code` and `message`. */
export type RejectionCode = 'not-found' | 'conflict' | 'invalid' | 'forbidden';

export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly code: RejectionCode;

  /** @param message what was expected and what was found, with ids: "Expected task 812 to be open, but it is completed." */
  constructor(code: RejectionCode, message: string) {
    super(message);
    this.code = code;
  }
}
