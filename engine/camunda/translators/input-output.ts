/** Input and output parameters: `camunda:inputOutput` to `zeebe:ioMapping`. */
import type { ModdleElement } from 'bpmn-moddle';
import { addExtension, expressionOf, feelOf, make, note, takeElements, trouble, type Importer } from '../importer.ts';
import { quote } from '../juel/feel.ts';
import { translateScript } from '../juel/translate.ts';
import { childrenNamed, type LegacyElement } from '../legacy-element.ts';
import { isInLoop } from '../tree.ts';

export function translateInputOutput(node: ModdleElement, c: Importer): void {
  for (const inputOutput of takeElements(c, node, 'inputOutput')) addMappings(node, inputOutput, c);
}

/** Adds the parameters of an `inputOutput` to the mappings of a node. */
export function addMappings(node: ModdleElement, inputOutput: LegacyElement, c: Importer): void {
  for (const [name, property, type] of [
    ['inputParameter', 'inputParameters', 'zeebe:Input'],
    ['outputParameter', 'outputParameters', 'zeebe:Output'],
  ] as const) {
    const entries = childrenNamed(inputOutput, name).map((parameter) => entryOf(node, name, parameter, c));
    reportChains(node, entries, c);
    addMapping(node, property, type, entries, c);
    for (const { target } of entries) {
      const message =
        name === 'inputParameter'
          ? `"${target}" is set for this element; each input is evaluated outside of it, without the others.`
          : `"${target}" leaves the element; with output mappings, nothing else does.`;
      note(c, node, `camunda:${name} ${target}`, 'translated', message);
    }
  }
}

interface Entry {
  readonly source: string;
  readonly target: string;
  readonly reads: ReadonlySet<string>;
}

function entryOf(node: ModdleElement, name: string, parameter: LegacyElement, c: Importer): Entry {
  const target = parameter.attributes.name ?? '';
  const reads = new Set<string>();
  const source = `=${sourceOf(node, parameter, `camunda:${name} ${target}`, { ...c, reads })}`;
  for (const variable of reads) c.reads.add(variable);
  return { source, target, reads };
}

/** The old engine evaluates parameters one after the other; here each is evaluated without the others. */
function reportChains(node: ModdleElement, entries: readonly Entry[], c: Importer): void {
  entries.forEach(({ target, reads }, place) => {
    const before = entries.slice(0, place).find((other) => reads.has(other.target));
    if (!before) return;
    trouble(
      c,
      node,
      `camunda parameter ${target}`,
      `Expected parameter "${target}" of "${node.id ?? ''}" not to read "${before.target}", which is set beside it and is ` +
        'not seen there yet. Write its value out.',
    );
  });
}

/** Adds entries to the io mapping of a node; no entries, no mapping. */
export function addMapping(
  node: ModdleElement,
  property: 'inputParameters' | 'outputParameters',
  type: 'zeebe:Input' | 'zeebe:Output',
  entries: readonly { source: string; target: string }[],
  c: Importer,
): void {
  if (entries.length === 0) return;
  addExtension(c, node, 'zeebe:IoMapping', {
    [property]: entries.map(({ source, target }) => make(c, node, type, { source, target })),
  });
}

/** The FEEL of a parameter, a list item or a map entry: text, list, map or script. */
function sourceOf(node: ModdleElement, value: LegacyElement, what: string, c: Importer): string {
  const inner = value.children.find(({ name }) => ['list', 'map', 'script'].includes(name));
  if (inner) return structureOf(node, inner, what, c);
  return value.body === '' ? 'null' : expressionOf(c, node, what, value.body);
}

function structureOf(node: ModdleElement, value: LegacyElement, what: string, c: Importer): string {
  if (value.name === 'list') {
    const items = value.children.map((item) =>
      item.name === 'value' ? sourceOf(node, item, what, c) : structureOf(node, item, what, c),
    );
    return `[${items.join(', ')}]`;
  }
  if (value.name === 'map') {
    const entries = childrenNamed(value, 'entry');
    return `{${entries.map((one) => `${quote(one.attributes.key ?? '')}: ${sourceOf(node, one, what, c)}`).join(', ')}}`;
  }
  return scriptOf(node, value, what, c);
}

function scriptOf(node: ModdleElement, { name, attributes, body }: LegacyElement, what: string, c: Importer): string {
  const found =
    name === 'script' && attributes.resource === undefined
      ? translateScript(body, { loop: isInLoop(node) })
      : undefined;
  if (found?.kind === 'feel') return feelOf(c, node, what, body, found);
  trouble(
    c,
    node,
    what,
    `Expected ${what} to have a value that FEEL can say, but found a ${attributes.scriptFormat ?? ''} ${name}. Write it in FEEL.`,
  );
  return `\${${name}}`;
}
