/** The evaluation of a decision together with all that it requires. */
import { feelFunction } from '../expression/feel.ts';
import type { FeelValue } from '../expression/feel.ts';
import { toPlain } from '../expression/plain.ts';
import type { Instant, Value, Variables } from '../instance.ts';
import type { FeelContext } from './boxed/boxed.ts';
import { argumentsOf } from './boxed/function-definition.ts';
import { beginJournal, record } from './journal.ts';
import type { Journal, Entry } from './journal.ts';
import type { Decision, Knowledge, Required } from './model.ts';
import { coerce } from './type.ts';

/** The result of one decision, in plain JSON. */
export interface DecisionResult {
  readonly output: Value;
  /** Ids of the rules that matched, in table order; of several tables one after the other. */
  readonly rules: string[];
  /** What the tables' input expressions gave, by label or text. */
  readonly inputs: Variables;
}

/** The result of a decision that another required, or of a function with a table that it called. */
export interface RequiredResult extends DecisionResult {
  /** Id of the decision, decision service or business knowledge model. */
  readonly decision: string;
}

/** The result of a decision and of all that it requires. */
export interface Evaluated extends DecisionResult {
  /** What was evaluated for it, in the order in which results were there; no more than 100 of them. */
  readonly required: RequiredResult[];
  /** Variables that were read, but exist neither in the context nor as decisions. */
  readonly missing: readonly string[];
  /** Why something became null, in English, each beginning with the decision's id. */
  readonly warnings: readonly string[];
}

/**
 * Evaluates a decision or a decision service; each required decision is evaluated once.
 * @param context variables of the caller: inputs by name (those of an imported file inside the name of the import), and
 *   what else the expressions read
 * @throws DecisionError when rules contradict each other (UNIQUE, ANY)
 */
export function evaluateDecision(decision: Decision, context: Variables, at: Instant): Evaluated {
  const journal = beginJournal(at);
  evaluate(decision, viewOn(context), journal);
  const { entries, missing, warnings } = journal;
  const results = entries.map((entry) => plainly(entry, (text) => warnings.add(`${entry.id}: ${text}`)));
  const own = results.pop();
  if (!own) throw new Error(`Expected decision ${decision.id} to have been evaluated, but it was not.`);
  const { output, rules, inputs } = own;
  return { output, rules, inputs, required: results, missing: [...missing], warnings: [...warnings] };
}

function plainly({ id, value, rules, inputs }: Entry, warn: (warning: string) => void): RequiredResult {
  const seen: Variables = {};
  for (const [label, input] of Object.entries(inputs)) seen[label] = toPlain(input, warn);
  return { decision: id, output: toPlain(value, warn), rules: [...rules], inputs: seen };
}

/** What the decisions of one file see, and what they gave. */
interface View {
  readonly context: FeelContext;
  readonly results: Map<Decision, FeelValue>;
  /** What the decisions of imported files see, by the name of the import. */
  readonly imported: Map<string, View>;
}

function viewOn(context: FeelContext): View {
  return { context, results: new Map(), imported: new Map() };
}

/** The view of an imported file: over the same variables, those inside the name of the import. */
function viewOf(view: View, prefix: string | undefined): View {
  if (prefix === undefined) return view;
  const known = view.imported.get(prefix);
  if (known) return known;
  const made = viewOn({ ...view.context, ...insideOf(view.context, prefix) });
  view.imported.set(prefix, made);
  return made;
}

function insideOf(context: FeelContext, prefix: string): FeelContext {
  const inside = context[prefix];
  return typeof inside === 'object' && inside !== null ? (inside as FeelContext) : {};
}

function evaluate(decision: Decision, view: View, journal: Journal): FeelValue {
  const known = view.results.get(decision);
  if (known !== undefined) return known;
  const value = record(journal, decision.id, 'always', (trace) => {
    const { logic, type } = decision;
    const found =
      logic.kind === 'service'
        ? outputsOf(decision, serviceView(logic.given, view), journal)
        : logic.boxed.evaluate(scopeOf(decision, view, journal, trace.warn), trace);
    return coerce(found, type, 'feel', trace.warn);
  });
  view.results.set(decision, value);
  return value;
}

/** Everything the caller gave, its typed inputs as FEEL values, over it the results and functions that are required. */
function scopeOf(decision: Decision, view: View, journal: Journal, warn: (text: string) => void): FeelContext {
  const scope: Record<string, FeelValue> = { ...view.context };
  for (const { name, prefix, type } of decision.inputs) {
    const { context } = viewOf(view, prefix);
    if (!Object.hasOwn(context, name)) continue;
    put(
      scope,
      prefix,
      name,
      coerce(context[name], type, 'json', (text) => warn(`${name}: ${text}`)),
    );
  }
  const results = decision.requires.map(({ target, prefix }) => evaluate(target, viewOf(view, prefix), journal));
  decision.requires.forEach(({ target, prefix }, index) => put(scope, prefix, target.id, results[index]));
  decision.requires.forEach(({ target, prefix }, index) => put(scope, prefix, target.variable, results[index]));
  for (const { target, prefix } of decision.knowledge) put(scope, prefix, target.variable, functionOf(target, journal));
  return scope;
}

/** A name of an imported file is put inside the name of the import. */
function put(scope: Record<string, FeelValue>, prefix: string | undefined, name: string, value: FeelValue): void {
  if (prefix === undefined) scope[name] = value;
  else scope[prefix] = { ...insideOf(scope, prefix), [name]: value };
}

/** What the decisions inside of a service see: some results are the caller's, none are left from outside. */
function serviceView(given: readonly Required<Decision>[], view: View): View {
  const inner = viewOn(view.context);
  for (const { target, prefix } of given) {
    const { context, results } = viewOf(inner, prefix);
    results.set(
      target,
      coerce(context[target.variable], target.type, 'json', () => undefined),
    );
  }
  return inner;
}

/** The result of the only output decision, or a context of all of them. */
function outputsOf({ requires }: Decision, view: View, journal: Journal): FeelValue {
  const values = requires.map(({ target, prefix }) => evaluate(target, viewOf(view, prefix), journal));
  if (values.length === 1) return values[0];
  return Object.fromEntries(requires.map(({ target }, index) => [target.variable, values[index]]));
}

/** A function of the file as a FEEL value. It sees its parameters and what it requires itself, nothing else. */
function functionOf(knowledge: Knowledge, journal: Journal): FeelValue {
  const known = journal.functions.get(knowledge);
  if (known !== undefined) return known;
  const { id, parameters, body, requires, result } = knowledge;
  const call = (values: FeelValue[]): FeelValue =>
    record(journal, id, 'logic' in body ? 'never' : 'tables', (trace) => {
      const scope: Record<string, FeelValue> = {};
      const given = argumentsOf(parameters, values, trace);
      for (const { name, prefix } of parameters) put(scope, prefix, name, given[name]);
      if ('logic' in body) return evaluate(body, viewOn(scope), journal);
      for (const { target, prefix } of requires) put(scope, prefix, target.variable, functionOf(target, journal));
      return coerce(body.evaluate(scope, trace), result, 'feel', trace.warn);
    });
  const names = parameters.map(({ name, prefix }) => (prefix === undefined ? name : `${prefix}.${name}`));
  const made = feelFunction(names, call);
  journal.functions.set(knowledge, made);
  return made;
}
