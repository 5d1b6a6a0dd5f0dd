/** Decision tables (DMN 1.3, 8): how they are evaluated. */
import type { FeelValue, Program } from '../../expression/feel.ts';
import { coerce, isAllowed } from '../type.ts';
import { runProgram } from './boxed.ts';
import type { BoxedKind, FeelContext, Trace } from './boxed.ts';
import { compileTable } from './compile-table.ts';
import type { Input, Output, Rule, Table } from './compile-table.ts';
import { isSame } from './hit-policy.ts';
import type { Hit } from './hit-policy.ts';

export const decisionTable: BoxedKind = {
  type: 'dmn:DecisionTable',
  compile(expression, compiler) {
    const table = compileTable(expression, compiler);
    return table && { evaluate: (context, trace) => evaluateTable(table, context, trace) };
  },
};

function evaluateTable(table: Table, context: FeelContext, trace: Trace): FeelValue {
  const values = table.inputs.map((input) => readInput(input, context, trace));
  const inputs: Record<string, FeelValue> = {};
  table.inputs.forEach(({ label }, index) => {
    inputs[label] = values[index];
  });
  const matching = matchingRules(table, values, context, trace);
  trace.matched(
    matching.map((rule) => rule.id),
    inputs,
  );
  if (matching.length === 0) return defaultOf(table, context, trace);
  const ranking = table.policy.ordered ? rankingOf(table, context, trace) : [];
  const hits = matching.map((rule) => hitOf(rule, table, ranking, context, trace));
  return table.policy.combine(hits, { id: table.id, inputs }) ?? null;
}

/** The value of an input; null when it is not of its type or none of its input values. */
function readInput({ label, program, type, values }: Input, context: FeelContext, trace: Trace): FeelValue {
  const read = runProgram(program, context, trace);
  const value = coerce(read, type, 'json', (text) => trace.warn(`${label}: ${text}`));
  if (values === null || isAllowed(value, values)) return value;
  trace.warn(`${label}: Expected one of the input values ${values.text}, but found another; null is used.`);
  return null;
}

function matchingRules(table: Table, values: readonly FeelValue[], context: FeelContext, trace: Trace): Rule[] {
  const matching: Rule[] = [];
  // one scope for all cells: the tests of a column differ in the value that they test only
  const scope: Record<string, FeelValue> = { ...context };
  for (const rule of table.rules) {
    if (!isMatch(rule.tests, values, scope, trace)) continue;
    matching.push(rule);
    if (table.policy.first) break;
  }
  return matching;
}

function isMatch(
  tests: Rule['tests'],
  values: readonly FeelValue[],
  scope: Record<string, FeelValue>,
  trace: Trace,
): boolean {
  for (const { column, program } of tests) {
    scope['?'] = values[column];
    if (runProgram(program, scope, trace) !== true) return false;
  }
  return true;
}

/** The default outputs; null when the table has none at all. */
function defaultOf({ outputs }: Table, context: FeelContext, trace: Trace): FeelValue {
  if (outputs.every((output) => !output.otherwise)) return null;
  const values = outputs.map((output) => output.otherwise && valueOf(output, output.otherwise, context, trace));
  return resultOf(outputs, values);
}

function hitOf(rule: Rule, { outputs }: Table, ranking: FeelValue[][], context: FeelContext, trace: Trace): Hit {
  const values = outputs.map((output, index) => {
    const program = rule.outputs[index];
    return program ? valueOf(output, program, context, trace) : null;
  });
  const ranks = ranking.map((list, index) => {
    const rank = list.findIndex((value) => isSame(value, values[index]));
    return rank < 0 ? list.length : rank;
  });
  return { rule: rule.id, value: resultOf(outputs, values), ranks };
}

function valueOf({ name, type }: Output, program: Program, context: FeelContext, trace: Trace): FeelValue {
  const value = runProgram(program, context, trace);
  return coerce(value, type, 'feel', (text) => trace.warn(`${name || 'output'}: ${text}`));
}

/** The list of values of each output; empty where none is given, so that all its values rank alike. */
function rankingOf({ outputs }: Table, context: FeelContext, trace: Trace): FeelValue[][] {
  return outputs.map(({ values }) => {
    const list = values ? runProgram(values, context, trace) : [];
    return Array.isArray(list) ? (list as FeelValue[]) : [];
  });
}

function resultOf(outputs: readonly Output[], values: readonly FeelValue[]): FeelValue {
  if (outputs.length === 1) return values[0];
  const result: Record<string, FeelValue> = {};
  outputs.forEach(({ name }, index) => {
    result[name] = values[index];
  });
  return result;
}
