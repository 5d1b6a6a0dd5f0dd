/** The names of elements in other languages: `zeebe:property name="name.zh"` beside the English `name` attribute. */

/** A node of the parsed diagram; packages that are not registered are read generically, with `$children`. */
export interface Node {
  $type?: string;
  id?: string;
  name?: string;
  extensionElements?: { values?: Extension[] };
  [key: string]: unknown;
}
export type Definitions = Node;
interface Extension {
  $type?: string;
  name?: string;
  value?: string;
  $children?: Extension[];
  properties?: Extension[];
}

/** Where a node keeps the nodes inside it. */
const containers = ['rootElements', 'flowElements', 'artifacts', 'laneSets', 'lanes', 'participants', 'messageFlows'];

/** Replaces names by those of the language, where the diagram has them. */
export function translateNames(node: Node, language: string): void {
  if (language === 'en') return;
  const translated = property(node, `name.${language}`);
  if (translated) node.name = translated;
  for (const container of [...containers, 'childLaneSet']) {
    for (const child of [node[container] ?? []].flat() as Node[]) translateNames(child, language);
  }
}

/** The value of a `zeebe:property` of the node. */
function property(node: Node, name: string): string | undefined {
  const entries = node.extensionElements?.values?.flatMap((value) => value.properties ?? value.$children ?? []);
  return entries?.find((entry) => entry.name === name)?.value;
}
