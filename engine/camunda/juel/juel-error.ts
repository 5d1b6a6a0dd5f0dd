/** A JUEL text that is malformed, or says what FEEL cannot. The message names what was found and continues "but found". */
export class JuelError extends Error {
  override readonly name = 'JuelError';
}
