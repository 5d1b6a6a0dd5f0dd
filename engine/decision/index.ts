/** Decisions: DMN tables and expressions, read, compiled once per release, evaluated over plain JSON. */
export { readDecisions } from './decision-file.ts';
export type { DecisionFile } from './decision-file.ts';
export { compileDecisions } from './decision.ts';
export type { CompiledDecisions } from './decision.ts';
export type { Decision } from './model.ts';
export { DecisionError } from './decision-error.ts';
export { evaluateDecision } from './evaluate-decision.ts';
export type { DecisionResult, Evaluated, RequiredResult } from './evaluate-decision.ts';
