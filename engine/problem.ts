/** What is wrong with a model, found at deployment or while drawing. */
export interface Problem {
  /** Short name of the rule, kebab-case, stable: `unsupported-element`. */
  rule: string;
  severity: 'error' | 'warning';
  /** The BPMN or DMN id of the element, '' when the file as a whole is meant. */
  element: string;
  /** What was expected, what was found, and what to do. */
  message: string;
}
