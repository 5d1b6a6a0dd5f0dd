/** An extension element of Camunda 7 as moddle gives it when it does not know the namespace, made plain. */

export interface LegacyElement {
  /** Without prefix: `inputParameter`. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text inside, trimmed. */
  readonly body: string;
  readonly children: readonly LegacyElement[];
}

/** Makes a generic element plain. */
export function legacyElement(generic: object): LegacyElement {
  const attributes: Record<string, string> = {};
  let [name, body, children]: [string, string, LegacyElement[]] = ['', '', []];
  for (const [key, value] of Object.entries(generic) as [string, unknown][]) {
    if (key === '$type') name = local(String(value));
    else if (key === '$body') body = String(value).trim();
    else if (key === '$children' && Array.isArray(value))
      children = value.map((child) => legacyElement(child as object));
    else if (typeof value === 'string' && !key.startsWith('xmlns')) attributes[local(key)] = value;
  }
  return { name, attributes, body, children };
}

/** The children of one name. */
export function childrenNamed(element: LegacyElement, name: string): LegacyElement[] {
  return element.children.filter((child) => child.name === name);
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
