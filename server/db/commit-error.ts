/** COMMIT failed, with the outcome unknown; `cause` is the driver's error. */
export class CommitError extends Error {
  override readonly name = 'CommitError';
}
