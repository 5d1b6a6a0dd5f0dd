/** What a built-in function gives when its arguments have no result: null for the expression, and a warning. */
export class Invalid {
  readonly warning: string;

  constructor(warning: string) {
    this.warning = warning;
  }
}
