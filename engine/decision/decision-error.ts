/** A decision that has no answer for these inputs: the table contradicts itself. Becomes an incident of its element. */
export class DecisionError extends Error {
  override readonly name = 'DecisionError';
  /** Id of the table or expression at fault. */
  readonly element: string;

  /** @param message what was expected and what was found, with ids */
  constructor(message: string, element: string) {
    super(message);
    this.element = element;
  }
}
