/** XML as a tree with resolved namespaces: for what the product does not read itself. */
import { Parser } from 'saxen';

export interface XmlElement {
  readonly namespace: string;
  /** The name without prefix. */
  readonly name: string;
  /** By name as written, with prefix. Declarations of namespaces are not among them. */
  readonly attributes: ReadonlyMap<string, string>;
  /** By prefix, '' for the default namespace. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  /** All character data directly inside. */
  text: string;
}

const XML = { xml: 'http://www.w3.org/XML/1998/namespace' };

/** The root element. Throws for what is not well-formed. */
export function parseXml(xml: string): XmlElement {
  const path: XmlElement[] = [];
  let root: XmlElement | undefined;
  const parser = new Parser();
  parser.on('openTag', (tag, attributesOf, decode) => {
    const parent = path.at(-1);
    const element = elementOf(tag, attributesOf(), decode, parent?.namespaces ?? XML);
    parent?.children.push(element);
    root ??= element;
    path.push(element);
  });
  parser.on('closeTag', () => void path.pop());
  const addText = (text: string): void => {
    const here = path.at(-1);
    if (here) here.text += text;
  };
  parser.on('text', (text, decode) => addText(decode(text)));
  parser.on('cdata', addText);
  parser.on('error', (error) => {
    throw error;
  });
  parser.parse(xml);
  if (!root) throw new Error('Expected XML with a root element, but found none.');
  return root;
}

function elementOf(
  tag: string,
  written: Record<string, string>,
  decode: (text: string) => string,
  outer: Readonly<Record<string, string>>,
): XmlElement {
  const namespaces = { ...outer };
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries(written)) {
    if (key === 'xmlns') namespaces[''] = value;
    else if (key.startsWith('xmlns:')) namespaces[key.slice(6)] = value;
    else attributes.set(key, decode(value));
  }
  const [prefix, name] = split(tag);
  return { namespace: namespaces[prefix] ?? '', name, attributes, namespaces, children: [], text: '' };
}

/** Prefix ('' for none) and local name. */
export function split(name: string): [string, string] {
  const place = name.indexOf(':');
  return place < 0 ? ['', name] : [name.slice(0, place), name.slice(place + 1)];
}

/** The children of this name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The element and all that it contains. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}
