/** Decision tables (DMN 1.3, 8): their compilation, and what is refused. */
import type { Program } from '../../expression/feel.ts';
import type { DmnElement, DmnExpression, DmnText } from '../decision-file.ts';
import type { FeelType } from '../type.ts';
import { complete } from './boxed.ts';
import type { BoxedCompiler } from './boxed.ts';
import { HIT_POLICIES } from './hit-policy.ts';
import type { HitPolicy } from './hit-policy.ts';

interface DmnInputClause extends DmnElement {
  readonly inputExpression?: DmnText;
  readonly inputValues?: DmnText;
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

/** A column of conditions. */
export interface Input {
  /** Label or text, as reports name it. */
  readonly label: string;
  readonly program: Program;
  readonly type: FeelType | null;
  /** What its value may be. */
  readonly values: Program | null;
}
/** A column of results. */
export interface Output {
  /** Key in the result when the table has several outputs. */
  readonly name: string;
  readonly type: FeelType | null;
  readonly otherwise: Program | null;
  /** Its values from the highest priority to the lowest; null when none are given. */
  readonly values: Program | null;
}
/** A row. */
export interface Rule {
  readonly id: string;
  /** The tests that can fail: entries that any value passes are left out. */
  readonly tests: readonly { readonly column: number; readonly program: Program }[];
  readonly outputs: readonly Program[];
}
/** A compiled table. */
export interface Table {
  readonly id: string;
  readonly policy: HitPolicy;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly rules: readonly Rule[];
}

/** null after an error was reported. The preferred orientation and annotations have no meaning for the result. */
export function compileTable(table: DmnDecisionTable, compiler: BoxedCompiler): Table | null {
  const id = table.id ?? compiler.decision;
  const inputs = (table.input ?? []).map((input, index) => compileInput(input, index, id, compiler));
  const outputs = (table.output ?? []).map((output) => compileOutput(output, table, id, compiler));
  const policy = compilePolicy(table, id, outputs, compiler);
  const rules = (table.rule ?? []).map((rule, index) => compileRule(rule, index, table, id, compiler));
  if (outputs.length === 0) {
    compiler.report('invalid-table', id, `Expected table ${id} to have an output, but it has none. Add one.`);
  }
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
  if (!policy) {
    const words = Object.keys(HIT_POLICIES).join(', ');
    return invalid(`Expected table ${id} to have a hit policy of DMN, but found ${name}. Choose one of ${words}.`);
  }
  if (policy.aggregates && outputs.length > 1) {
    return invalid(
      `Expected table ${id} (${name}) to have one output, but it has ${outputs.length}. Choose COLLECT without aggregation, or make a table for each output.`,
    );
  }
  if (policy.ordered && !outputs.some((output) => output?.values)) {
    return invalid(
      `Expected table ${id} (${name}) to list the values of an output from the highest priority to the lowest, but no output does. List them.`,
    );
  }
  return policy;
}

function compileInput(input: DmnInputClause, index: number, id: string, compiler: BoxedCompiler): Input | null {
  const { inputExpression: expression, inputValues } = input;
  const element = input.id ?? id;
  if (!expression?.text?.trim()) {
    const message = `Expected input ${index + 1} of table ${id} to have an expression, but it has none. Write it.`;
    compiler.report('invalid-table', element, message);
    return null;
  }
  const program = compiler.feel(expression, 'expression', element);
  const listed = inputValues?.text?.trim() ? compiler.feel(inputValues, 'unary-tests', element) : undefined;
  if (!program || listed === null) return null;
  return {
    label: input.label ?? expression.text.trim(),
    program,
    type: compiler.type(expression.typeRef, expression.id ?? element),
    values: listed ?? null,
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
    const message = `Expected each of the outputs of table ${id} to have a name, but one has none. Name it.`;
    compiler.report('invalid-table', element, message);
    return null;
  }
  const { defaultOutputEntry: entry, outputValues } = output;
  const type = compiler.type(output.typeRef, element);
  const otherwise = entry?.text?.trim() ? compiler.feel(entry, 'expression', element) : undefined;
  const listed = outputValues?.text?.trim() || (type ?? compiler.type(table.typeRef, id))?.allowed;
  const ordered = table.hitPolicy === 'PRIORITY' || table.hitPolicy === 'OUTPUT ORDER';
  const values =
    ordered && listed?.trim()
      ? compiler.feel({ $type: 'dmn:LiteralExpression', text: `[${listed}]` }, 'expression', element)
      : undefined;
  if (otherwise === null || values === null) return null;
  return { name, type, otherwise: otherwise ?? null, values: values ?? null };
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
    const message = `Expected rule ${id} to have ${inputs} input and ${outputs} output entries, but found ${found}. Fill in or remove entries.`;
    compiler.report('invalid-table', id, message);
    return null;
  }
  const tests = entries.map((entry, column) => {
    const program = compiler.feel(entry, 'unary-tests', id);
    return program && { column, program };
  });
  const programs = results.map((entry) =>
    compiler.feel(entry.text?.trim() ? entry : { ...entry, $type: entry.$type, text: 'null' }, 'expression', id),
  );
  const [allTests, allPrograms] = [complete(tests), complete(programs)];
  if (!allTests || !allPrograms) return null;
  return { id, tests: allTests.filter(({ program }) => !ANYTHING.test(program.text)), outputs: allPrograms };
}

/** An input entry that every value passes. */
const ANYTHING = /^\s*-?\s*$/u;
