import type { Variables } from '../../engine/index.ts';

/** Thrown by a job handler to end its task by a BPMN error, which the diagram catches (or not). */
export class BpmnError extends Error {
  override readonly name = 'BpmnError';
  /** The error code of the diagram. */
  readonly code: string;
  readonly variables: Variables;

  constructor(code: string, message: string, variables: Variables = {}) {
    super(message);
    this.code = code;
    this.variables = variables;
  }
}
