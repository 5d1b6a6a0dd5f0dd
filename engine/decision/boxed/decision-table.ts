/** Decision tables (DMN 1.3, 8). */
import type { FeelValue, Program } from '../../expression/feel.ts';
import type { Instant } from '../../instance.ts';
import type { DmnElement, DmnExpression, DmnText } from '../decision-file.ts';
import { coerce, findItem } from '../item-definition.ts';
import { complete, runProgram } from './boxed.ts';
import type { BoxedCompiler, BoxedKind, FeelContext, Findings } from './boxed.ts';
import { HIT_POLICIES, isSame } from './hit-policy.ts';
import type { Hit, HitPolicy } from './hit-policy.ts';

interface DmnInputClause extends DmnElement {
  readonly inputExpression?: DmnText;
}
interface DmnOutputClause extends DmnElement {
  readonly typeRef?: string;
  readonly outputValues?: DmnText;
  readonly defaultOutputEntry?: DmnText;
}
interface DmnRule extends DmnElement {
  readonly inputEntry?: readonly DmnText[];
  readonly outputEntry?: readonly DmnText[];
}
interface DmnDecisionTable extends DmnExpression {
  readonly hitPolicy?: string;
  readonly aggregation?: string;
  readonly input?: readonly DmnInputClause[];
  readonly output?: readonly DmnOutputClause[];
  readonly rule?: readonly DmnRule[];
}

interface Input {
  /** Label or text, as reports name it. */
  readonly label: string;
  readonly program: Program;
  read(value: FeelValue, warn: (warning: string) => void): FeelValue;
}
interface Output {
  /** Key in the result when the table has several outputs. */
  readonly name: string;
  readonly otherwise: Program | null;
  /** Its values from the highest priority to the lowest; null when none are given. */
  readonly values: Program | null;
}
interface Rule {
  readonly id: string;
  readonly tests: readonly Program[];
  readonly outputs: readonly Program[];
}
interface Table {
  readonly id: string;
  readonly policy: HitPolicy;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly rules: readonly Rule[];
}

export const decisionTable: BoxedKind = {
  type: 'dmn:DecisionTable',
  compile(expression, compiler) {
    const table = compileTable(expression, compiler);
    return table && { evaluate: (context, at, findings) => evaluateTable(table, context, at, findings) };
  },
};

function compileTable(table: DmnDecisionTable, compiler: BoxedCompiler): Table | null {
  const id = table.id ?? compiler.decision;
  const inputs = (table.input ?? []).map((input, index) => compileInput(input, index, id, compiler));
  const outputs = (table.output ?? []).map((output) => compileOutput(output, table, id, compiler));
  const policy = compilePolicy(table, id, outputs, compiler);
  const rules = (table.rule ?? []).map((rule, index) => compileRule(rule, index, table, id, compiler));
  if (outputs.length === 0)
    compiler.report('invalid-table', id, `Expected table ${id} to have an output, but it has none.`);
  const [allInputs, allOutputs, allRules] = [complete(inputs), complete(outputs), complete(rules)];
  if (!policy || outputs.length === 0 || !allInputs || !allOutputs || !allRules) return null;
  return { id, policy, inputs: allInputs, outputs: allOutputs, rules: allRules };
}

function compilePolicy(
  table: DmnDecisionTable,
  id: string,
  outputs: readonly (Output | null)[],
  compiler: BoxedCompiler,
): HitPolicy | null {
  const word = table.hitPolicy ?? 'UNIQUE';
  const name = word === 'COLLECT' && table.aggregation ? `COLLECT ${table.aggregation}` : word;
  const policy = Object.hasOwn(HIT_POLICIES, name) ? HIT_POLICIES[name] : undefined;
  const invalid = (message: string) => {
    compiler.report('invalid-table', id, message);
    return null;
  };
  if (!policy) return invalid(`Expected table ${id} to have a hit policy of DMN, but found ${name}.`);
  if (policy.aggregates && outputs.length > 1) {
    return invalid(`Expected table ${id} (${name}) to have one output, but it has ${outputs.length}.`);
  }
  if (policy.ordered && !outputs.some((output) => output?.values)) {
    return invalid(
      `Expected table ${id} (${name}) to list the values of an output from the highest priority to the lowest, but no output does.`,
    );
  }
  return policy;
}

function compileInput(input: DmnInputClause, index: number, id: string, compiler: BoxedCompiler): Input | null {
  const expression = input.inputExpression;
  const element = input.id ?? id;
  if (!expression?.text?.trim()) {
    compiler.report(
      'invalid-table',
      element,
      `Expected input ${index + 1} of table ${id} to have an expression, but it has none.`,
    );
    return null;
  }
  const program = compiler.feel(expression, 'expression', element);
  if (!program) return null;
  return {
    label: input.label ?? expression.text.trim(),
    program,
    read: (value, warn) => coerce(value, expression.typeRef, compiler.items, warn),
  };
}

function compileOutput(
  output: DmnOutputClause,
  table: DmnDecisionTable,
  id: string,
  compiler: BoxedCompiler,
): Output | null {
  const element = output.id ?? id;
  const name = output.name ?? '';
  if (name === '' && (table.output?.length ?? 0) > 1) {
    compiler.report(
      'invalid-table',
      element,
      `Expected each of the outputs of table ${id} to have a name, but one has none.`,
    );
    return null;
  }
  const { defaultOutputEntry: entry, outputValues } = output;
  const otherwise = entry?.text?.trim() ? compiler.feel(entry, 'expression', element) : null;
  const listed = outputValues?.text ?? findItem(output.typeRef ?? table.typeRef, compiler.items)?.allowedValues?.text;
  const ordered = table.hitPolicy === 'PRIORITY' || table.hitPolicy === 'OUTPUT ORDER';
  const values =
    ordered && listed?.trim()
      ? compiler.feel({ $type: 'dmn:LiteralExpression', text: `[${listed}]` }, 'expression', element)
      : null;
  return { name, otherwise, values };
}

function compileRule(
  rule: DmnRule,
  index: number,
  table: DmnDecisionTable,
  tableId: string,
  compiler: BoxedCompiler,
): Rule | null {
  const id = rule.id ?? `${tableId}.${index + 1}`;
  const [entries, results] = [rule.inputEntry ?? [], rule.outputEntry ?? []];
  const [inputs, outputs] = [table.input?.length ?? 0, table.output?.length ?? 0];
  if (entries.length !== inputs || results.length !== outputs) {
    const found = `${entries.length} and ${results.length}`;
    const message = `Expected rule ${id} to have ${inputs} input and ${outputs} output entries, but found ${found}.`;
    compiler.report('invalid-table', id, message);
    return null;
  }
  const tests = entries.map((entry) => compiler.feel(entry, 'unary-tests', id));
  const programs = results.map((entry) =>
    compiler.feel(entry.text?.trim() ? entry : { ...entry, $type: entry.$type, text: 'null' }, 'expression', id),
  );
  const [allTests, allPrograms] = [complete(tests), complete(programs)];
  return allTests && allPrograms && { id, tests: allTests, outputs: allPrograms };
}

function evaluateTable(table: Table, context: FeelContext, at: Instant, findings: Findings) {
  const values = table.inputs.map((input) => {
    const value = runProgram(input.program, context, at, findings);
    return input.read(value, (warning) => findings.warn(`${input.label}: ${warning}`)) ?? null;
  });
  const inputs: FeelContext = Object.fromEntries(table.inputs.map(({ label }, index) => [label, values[index]]));
  const scopes = values.map((value) => ({ ...context, '?': value }));
  const matching: Rule[] = [];
  for (const rule of table.rules) {
    const matches = rule.tests.every(
      (test, index) => runProgram(test, scopes[index] ?? context, at, findings) === true,
    );
    if (matches) matching.push(rule);
    if (matches && table.policy.first) break;
  }
  const rules = matching.map((rule) => rule.id);
  if (matching.length === 0) return { value: defaultOf(table, context, at, findings), rules, inputs };
  const ranking = table.policy.ordered ? rankingOf(table, context, at, findings) : [];
  const hits = matching.map((rule) =>
    hitOf(rule, table, ranking, (program) => runProgram(program, context, at, findings)),
  );
  return { value: table.policy.combine(hits, { id: table.id, inputs }), rules, inputs };
}

/** The default outputs; null when the table has none at all. */
function defaultOf({ outputs }: Table, context: FeelContext, at: Instant, findings: Findings): FeelValue {
  if (outputs.every((output) => !output.otherwise)) return null;
  const values = outputs.map(({ otherwise }) => otherwise && runProgram(otherwise, context, at, findings));
  return resultOf(outputs, values);
}

function hitOf(rule: Rule, { outputs }: Table, ranking: FeelValue[][], run: (program: Program) => FeelValue): Hit {
  const values = rule.outputs.map(run);
  const ranks = ranking.map((list, index) => {
    const rank = list.findIndex((value) => isSame(value, values[index]));
    return rank < 0 ? list.length : rank;
  });
  return { rule: rule.id, value: resultOf(outputs, values), ranks };
}

/** The list of values of each output; empty where none is given, so that all its values rank alike. */
function rankingOf({ outputs }: Table, context: FeelContext, at: Instant, findings: Findings): FeelValue[][] {
  return outputs.map(({ values }) => {
    const list = values ? runProgram(values, context, at, findings) : [];
    return Array.isArray(list) ? (list as FeelValue[]) : [];
  });
}

function resultOf(outputs: readonly Output[], values: readonly FeelValue[]): FeelValue {
  if (outputs.length === 1) return values[0];
  return Object.fromEntries(outputs.map(({ name }, index) => [name, values[index]]));
}
