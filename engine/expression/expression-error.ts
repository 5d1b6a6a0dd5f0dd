/** A text that is not FEEL, or that uses what no expression here may use. Found when it is compiled, never later. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The whole text that was compiled. */
  readonly text: string;
  /** The part at fault: offsets in characters, `to` exclusive. */
  readonly position: { readonly from: number; readonly to: number };

  /** @param message what was expected and what was found */
  constructor(message: string, text: string, position: { from: number; to: number }, cause?: unknown) {
    super(message, { cause });
    this.text = text;
    this.position = position;
  }
}
