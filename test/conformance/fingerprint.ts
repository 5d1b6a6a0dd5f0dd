/** What of a BPMN file has to survive import and export, counted. */
import { createHash } from 'node:crypto';
import { everyElement, parseXml, split, type XmlElement } from './xml.ts';

const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const DIAGRAM = new Set([
  'http://www.omg.org/spec/BPMN/20100524/DI',
  'http://www.omg.org/spec/DD/20100524/DI',
  'http://www.omg.org/spec/DD/20100524/DC',
]);
const OWN = new Set([MODEL, ...DIAGRAM, 'http://www.w3.org/2001/XMLSchema-instance']);

/** Parts of the drawing, by element name. */
const DRAWN = {
  BPMNShape: 'shapes',
  BPMNEdge: 'edges',
  waypoint: 'waypoints',
  Bounds: 'bounds',
  BPMNLabel: 'labels',
} as const;

type Counts = Record<string, number>;

export interface Fingerprint {
  /** BPMN elements by name. */
  elements: Counts;
  /** Different `id:name` of BPMN elements, and the SHA-256 of their sorted lines. */
  ids: number;
  idsSha256: string;
  /** BPMN elements with a name, also an empty one. */
  named: number;
  documentation: number;
  shapes: number;
  edges: number;
  waypoints: number;
  bounds: number;
  labels: number;
  /** `{namespace}name` of elements and attributes that are neither BPMN nor its drawing. */
  foreignElements: Counts;
  foreignAttributes: Counts;
  processes: number;
  executableProcesses: number;
}

/** Counts a file. */
export function fingerprintOf(xml: string): Fingerprint {
  const all = [...everyElement(parseXml(xml))];
  const model = all.filter(({ namespace }) => namespace === MODEL);
  const ids = new Set(
    model.flatMap(({ name, attributes }) => {
      const id = attributes.get('id');
      return id === undefined ? [] : [`${id}:${name}`];
    }),
  );
  const processes = model.filter(({ name }) => name === 'process');
  const foreign = all.filter(({ namespace }) => namespace !== MODEL && !DIAGRAM.has(namespace));
  return {
    elements: counted(model.map(({ name }) => name)),
    ids: ids.size,
    idsSha256: createHash('sha256')
      .update([...ids].sort().join('\n'))
      .digest('hex'),
    named: model.filter(({ attributes }) => attributes.has('name')).length,
    documentation: model.filter(({ name }) => name === 'documentation').length,
    ...drawn(all),
    foreignElements: counted(foreign.map(({ namespace, name }) => `{${namespace}}${name}`)),
    foreignAttributes: counted(all.flatMap(foreignAttributes)),
    processes: processes.length,
    executableProcesses: processes.filter(({ attributes }) => attributes.get('isExecutable') === 'true').length,
  };
}

function drawn(all: readonly XmlElement[]): Pick<Fingerprint, (typeof DRAWN)[keyof typeof DRAWN]> {
  const counts = { shapes: 0, edges: 0, waypoints: 0, bounds: 0, labels: 0 };
  for (const { namespace, name } of all) {
    if (DIAGRAM.has(namespace) && name in DRAWN) counts[DRAWN[name as keyof typeof DRAWN]] += 1;
  }
  return counts;
}

function foreignAttributes({ attributes, namespaces }: XmlElement): string[] {
  return [...attributes.keys()].flatMap((key) => {
    const [prefix, name] = split(key);
    const namespace = namespaces[prefix] ?? '';
    return prefix === '' || OWN.has(namespace) ? [] : [`{${namespace}}${name}`];
  });
}

function counted(names: readonly string[]): Counts {
  const counts: Counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
