/** The evaluation of a decision together with all that it requires. */
import { toPlain } from '../expression/plain.ts';
import type { FeelValue } from '../expression/feel.ts';
import type { Instant, Value, Variables } from '../instance.ts';
import type { BoxedResult, FeelContext, Findings } from './boxed/boxed.ts';
import { functionsOf } from './business-knowledge.ts';
import type { Decision } from './decision.ts';
import { coerce } from './item-definition.ts';

/** The result of one decision, in plain JSON. */
export interface DecisionResult {
  readonly output: Value;
  /** Ids of the rules that matched, in table order. */
  readonly rules: string[];
  /** What the table's input expressions gave, by label or text. */
  readonly inputs: Variables;
}

/** The result of a decision and of all that it requires. */
export interface Evaluated extends DecisionResult {
  /** The required decisions by id, also those required by others. */
  readonly evaluated: Readonly<Record<string, DecisionResult>>;
  /** Variables that were read, but exist neither in the context nor as decisions. */
  readonly missing: readonly string[];
  /** Why something became null, in English, each beginning with the decision's id. */
  readonly warnings: readonly string[];
}

/**
 * Evaluates a decision; each required decision is evaluated once.
 * @param context variables of the caller: inputs by name, and what else the expressions read
 * @throws DecisionError when rules contradict each other (UNIQUE, ANY)
 */
export function evaluateDecision(decision: Decision, context: Variables, at: Instant): Evaluated {
  const results = new Map<string, BoxedResult>();
  const missing = new Set<string>();
  const warnings = new Set<string>();
  const findingsOf = ({ id }: Decision): Findings => ({
    warn: (warning) => warnings.add(`${id}: ${warning}`),
    miss: (variable) => missing.add(variable),
  });
  const run = (current: Decision): BoxedResult => {
    const known = results.get(current.id);
    if (known) return known;
    const required = current.requires.map((other) => [other, run(other).value ?? null] as const);
    const findings = findingsOf(current);
    const result = current.logic.evaluate(
      { ...contextOf(current, context, required, findings), ...functionsOf(current.knowledge, at, findings) },
      at,
      findings,
    );
    results.set(current.id, result);
    return result;
  };
  run(decision);
  const plain = new Map(
    [...results].map(([id, result]) => [id, plainly(result, (text) => warnings.add(`${id}: ${text}`))]),
  );
  const { [decision.id]: own, ...evaluated } = Object.fromEntries(plain);
  if (!own) throw new Error(`Expected decision ${decision.id} to have been evaluated, but it was not.`);
  return { ...own, evaluated, missing: [...missing], warnings: [...warnings] };
}

/** Everything the caller gave, its typed inputs as FEEL values, and over it the results of the required decisions. */
function contextOf(
  decision: Decision,
  context: Variables,
  required: readonly (readonly [Decision, FeelValue])[],
  findings: Findings,
): FeelContext {
  const scope: Record<string, FeelValue> = { ...context };
  for (const { name, typeRef } of decision.inputs) {
    if (!Object.hasOwn(context, name)) continue;
    scope[name] = coerce(context[name], typeRef, decision.items, (text) => findings.warn(`${name}: ${text}`));
  }
  for (const [{ id }, value] of required) scope[id] = value;
  for (const [{ variable }, value] of required) scope[variable] = value;
  return scope;
}

function plainly({ value, rules, inputs }: BoxedResult, warn: (warning: string) => void): DecisionResult {
  const seen = Object.entries(inputs).map(([label, input]) => [label, toPlain(input, warn)]);
  return { output: toPlain(value, warn), rules: [...rules], inputs: Object.fromEntries(seen) as Variables };
}
