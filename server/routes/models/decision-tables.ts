/** Decision tables as pages show them: plain rows of FEEL. */
import { readDecisions } from '../../../engine/index.ts';

export interface DecisionTableView {
  id: string;
  name: string;
  hitPolicy: string;
  inputs: string[];
  outputs: string[];
  rules: { number: number; inputs: string[]; outputs: string[]; note: string }[];
}

/** The part of a DMN decision table that is shown; moddle reads it as plain objects. */
interface Table {
  hitPolicy?: string;
  aggregation?: string;
  input?: { label?: string; inputExpression?: { text?: string } }[];
  output?: { label?: string; name?: string }[];
  rule?: { description?: string; inputEntry?: Entry[]; outputEntry?: Entry[] }[];
}
interface Entry {
  text?: string;
}

/** The decision tables of a DMN file; none when it cannot be read. */
export async function decisionTables(xml: string): Promise<DecisionTableView[]> {
  const { definitions } = await readDecisions(xml);
  return (definitions?.drgElement ?? []).flatMap((element) => {
    const logic = 'decisionLogic' in element ? (element.decisionLogic as { $type: string } & Table) : undefined;
    if (logic?.$type !== 'dmn:DecisionTable') return [];
    return [view(element.id ?? '', element.name ?? element.id ?? '', logic)];
  });
}

function view(id: string, name: string, table: Table): DecisionTableView {
  const texts = (entries: Entry[] | undefined): string[] => (entries ?? []).map((entry) => entry.text ?? '');
  return {
    id,
    name,
    hitPolicy: [table.hitPolicy ?? 'UNIQUE', table.aggregation].filter(Boolean).join(' '),
    inputs: (table.input ?? []).map((input) => input.label ?? input.inputExpression?.text ?? ''),
    outputs: (table.output ?? []).map((output) => output.label ?? output.name ?? ''),
    rules: (table.rule ?? []).map((rule, index) => ({
      number: index + 1,
      inputs: texts(rule.inputEntry),
      outputs: texts(rule.outputEntry),
      note: rule.description ?? '',
    })),
  };
}
