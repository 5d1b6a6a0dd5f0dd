/** The namespaces of Camunda 7 and of the engines that are descended from it or that it is descended from. */

/** Whose names the others are read as. */
const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';

const ENGINES = [
  CAMUNDA,
  'http://operaton.org/schema/1.0/bpmn',
  'http://activiti.org/bpmn',
  'http://activiti.com/modeler',
  'http://flowable.org/bpmn',
];

const DECLARATION = /\bxmlns(?::([\w.-]+))?\s*=\s*(["'])(.*?)\2/gu;

/** Whether the root of a BPMN text declares the namespace of Camunda 7, Operaton, Activiti or Flowable. */
export function isCamunda7(xml: string): boolean {
  const root = /<(?:[\w.-]+:)?definitions\b[^>]*>/u.exec(xml)?.[0] ?? '';
  return [...root.matchAll(DECLARATION)].some(([, , , uri]) => isEngine(uri ?? ''));
}

/** Whether this is the namespace of an engine whose extensions are read as Camunda's. */
export function isEngine(uri: string): boolean {
  return ENGINES.includes(uri.trim());
}

/**
 * The text with all those namespaces as Camunda's, and the prefix that a reader then gives to their names: the one that
 * is declared first.
 */
export function unifyNamespaces(xml: string): { xml: string; prefix: string } {
  let prefix: string | undefined;
  const unified = xml.replace(DECLARATION, (whole, name: string | undefined, mark: string, uri: string) => {
    if (!isEngine(uri)) return whole;
    prefix ??= name ?? 'ns0';
    return `xmlns${name === undefined ? '' : `:${name}`}=${mark}${CAMUNDA}${mark}`;
  });
  return { xml: unified, prefix: prefix ?? 'camunda' };
}
