/** The page about the rules, made from the rules. */
import { families } from './index.ts';
import type { Rule } from './rule.ts';

const HEAD = `# The validator

\`validateBpmn(file)\` gives everything that is wrong with a file, by the letter of BPMN 2.0.2 and by our own rules: the same
code in the modeler, at deployment and in \`npm run validate -- FILE...\`. It reads the moddle tree, not the compiled model,
so it also judges what is not executable: collaborations, conversations, choreographies, data.

A rule is one object in the file of its family; \`index.ts\` lists the families. \`test/engine/validate/cases.ts\` has a model
that breaks it and one that does not. \`ui/client/modeler/rules-chinese.json\` says it in Chinese: the pages show that, and below
it the English sentence, which also tells what was found. This page is made by \`npm run validate -- --rules\`.

The columns: **for** says whether the rule binds every diagram or executable processes only; **deployment** says what
\`compileBpmn\` makes of it: an error refuses the file, a warning is told, and what is silent is told only by
\`npm run validate -- --strict\`, because the engine can run the diagram all the same. **strict** is what that, and
\`validateBpmn\`, makes of it: our own rules are warnings there. What lies in a process that is not executable never refuses
a deployment.
`;

/** Markdown: the head and one table per family. */
export function describeRules(): string {
  const tables = Object.entries(families).map(([family, list]) => `## ${family}\n\n${table(list)}`);
  return [HEAD, ...tables].join('\n').trimEnd() + '\n';
}

function table(list: readonly Rule[]): string {
  const rows = list.map((rule) => [
    `\`${rule.id}\``,
    `Expected ${rule.expects}. ${rule.remedy}`,
    rule.standard,
    rule.executable ? 'executable' : 'all',
    rule.deployment ?? rule.severity ?? 'error',
    rule.severity ?? 'error',
  ]);
  const head = ['rule', 'sentence', 'standard', 'for', 'deployment', 'strict'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}
