/**
 * Free-form models at random: a directed graph over nodes and gateways, with cycles, and conditions on some of its flows.
 * Nothing says that it comes to an end, or that its joins get what they wait for. Only a node that rests is gone back to,
 * so that no cycle goes round without waiting.
 */
import fc from 'fast-check';
import { definitions, end, flows, node, on, process, service, start, timer, undoneBy, user } from '../support/bpmn.ts';
import { condition } from '../support/events.ts';
import { ROOTS } from './draw-blocks.ts';

const RESTING = ['user', 'service', 'receive', 'timer', 'signal', 'sub', 'many', 'timed', 'caught', 'undone'] as const;
const PASSING = [
  'task',
  'exclusive',
  'parallel',
  'parallel',
  'inclusive',
  'inclusive',
  'complex',
  'needs2',
  'gives2',
  'throws',
  'escalates',
  'undoes',
] as const;

type Kind = (typeof RESTING)[number] | (typeof PASSING)[number];

interface Graph {
  readonly kinds: readonly Kind[];
  /** Node k gets its first flow from the node `first[k] % (k + 1)`; 0 is the start event. */
  readonly first: readonly number[];
  /** Further flows, from and to. */
  readonly more: readonly (readonly [number, number])[];
  /** Per flow: whether it has a condition (below 4), and which. */
  readonly conditions: readonly number[];
  /** Per node with several ways out: whether one is the default. */
  readonly defaults: readonly boolean[];
  /** Where the boundary events lead, and the ends: nodes that terminate, or throw an error. */
  readonly odd: readonly number[];
}

const SIZE = 10;
const graph: fc.Arbitrary<Graph> = fc.record({
  kinds: fc.array(fc.constantFrom<Kind[]>(...RESTING, ...PASSING), { minLength: 2, maxLength: SIZE }),
  first: fc.array(fc.nat(100), { minLength: SIZE, maxLength: SIZE }),
  more: fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 10 }),
  conditions: fc.array(fc.nat(19), { minLength: 2 * SIZE, maxLength: 2 * SIZE }),
  defaults: fc.array(fc.boolean(), { minLength: SIZE, maxLength: SIZE }),
  odd: fc.array(fc.nat(100), { minLength: SIZE, maxLength: SIZE }),
});

interface Line {
  readonly from: number;
  readonly to: number;
  readonly condition: string;
}

/** The flows of the graph, each pair of nodes once. */
function linesOf({ kinds, first, more, conditions }: Graph): Line[] {
  const found = new Map<string, Line>();
  const add = (from: number, to: number): void => {
    // The event behind a boundary or before a join may not have two flows of the same name.
    const number = conditions[found.size % conditions.length] ?? 0;
    const text = number < 4 ? `[dice > ${number * 2}]-` : '';
    if (!found.has(`${from} ${to}`)) found.set(`${from} ${to}`, { from, to, condition: text });
  };
  kinds.forEach((_, index) => add((first[index] ?? 0) % (index + 1), index + 1));
  for (const [from, to] of more) {
    const [source, target] = [1 + (from % kinds.length), 1 + (to % kinds.length)];
    const rests = (RESTING as readonly string[]).includes(kinds[target - 1] ?? '');
    if (target > source || rests) add(source, target);
  }
  return [...found.values()];
}

const tagOf = { exclusive: 'exclusiveGateway', parallel: 'parallelGateway', inclusive: 'inclusiveGateway' } as const;

function drawNode(kind: Kind, id: string, fallback: string, target: string): string[] {
  const edge = (...definition: string[]): string[] => [
    node(
      'boundaryEvent',
      `${id}edge`,
      `attachedToRef="${id}" cancelActivity="${target.length % 2 === 0}"`,
      ...definition,
    ),
    flows(`${id}edge -> ${target}`),
  ];
  switch (kind) {
    case 'user':
      return [node('userTask', id, fallback)];
    case 'service':
      return [service(id, 'work').replace('<bpmn:serviceTask ', `<bpmn:serviceTask ${fallback} `)];
    case 'receive':
      return [node('receiveTask', id, `messageRef="m" ${fallback}`)];
    case 'timer':
      return [node('intermediateCatchEvent', id, '', timer('Duration', 'PT1H'))];
    case 'signal':
      return [node('intermediateCatchEvent', id, '', on('signal', 's'))];
    case 'sub':
      return [
        node(
          'subProcess',
          id,
          fallback,
          start(`${id}a`),
          user(`${id}b`),
          end(`${id}c`),
          flows(`${id}a -> ${id}b -> ${id}c`),
        ),
        ...edge(on('signal', 's')),
      ];
    case 'many':
      return [
        node(
          'userTask',
          id,
          fallback,
          '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>',
        ),
      ];
    case 'timed':
      return [node('userTask', id, fallback), ...edge(timer('Duration', 'PT2H'))];
    case 'caught':
      return [node('userTask', id, fallback), ...edge(condition('level > 4'))];
    case 'undone':
      return [node('userTask', id, fallback), undoneBy(id)];
    case 'task':
      return [node('task', id, fallback)];
    case 'exclusive':
    case 'parallel':
    case 'inclusive':
      return [node(tagOf[kind], id, kind === 'parallel' ? '' : fallback)];
    case 'complex':
      return [
        node(
          'complexGateway',
          id,
          fallback,
          '<bpmn:activationCondition>activationCount &gt;= 2</bpmn:activationCondition>',
        ),
      ];
    case 'needs2':
      return [node('task', id, `startQuantity="2" ${fallback}`)];
    case 'gives2':
      return [node('task', id, `completionQuantity="2" ${fallback}`)];
    case 'throws':
      return [node('intermediateThrowEvent', id, '', on('signal', 'own'))];
    case 'escalates':
      return [node('intermediateThrowEvent', id, '', on('escalation', 'u'))];
    case 'undoes':
      return [node('intermediateThrowEvent', id, '', '<bpmn:compensateEventDefinition/>')];
  }
}

/** How the graph ends where nothing leads on. */
function drawEnd(id: string, odd: number): string {
  if (odd < 5) return node('endEvent', id, '', '<bpmn:terminateEventDefinition/>');
  return odd < 8 ? node('endEvent', id, '', on('error', 'e')) : end(id);
}

const WITHOUT_CONDITIONS: readonly Kind[] = ['parallel', 'timer', 'signal', 'throws', 'escalates', 'undoes'];

/** The graph as a file. */
function drawGraph(drawn: Graph): string {
  const { kinds, defaults, odd } = drawn;
  const lines = linesOf(drawn);
  const parts = [start('v0')];
  const texts = lines
    .filter(({ from }) => from === 0 || kinds[from - 1] !== undefined)
    .map(({ from, to, condition: when }) => {
      const kind = kinds[from - 1];
      const plain = kind === undefined || WITHOUT_CONDITIONS.includes(kind);
      return `v${from} -${plain ? '' : when}> v${to}`;
    });
  kinds.forEach((kind, index) => {
    const id = `v${index + 1}`;
    const out = lines.filter(({ from }) => from === index + 1);
    const last = out[out.length - 1];
    const fallback = out.length > 1 && last && defaults[index] ? `default="${id}_v${last.to}"` : '';
    // A boundary event goes back or on to any node that rests, else to its own end; a condition may hold there again.
    const rests = (RESTING as readonly string[]).includes(kinds[(odd[index] ?? 0) % kinds.length] ?? '');
    const target = rests && kind !== 'caught' ? `v${1 + ((odd[index] ?? 0) % kinds.length)}` : `${id}late`;
    const nodes = drawNode(kind, id, fallback, target);
    if (nodes.some((text) => text.includes(`targetRef="${id}late"`))) nodes.push(end(`${id}late`));
    parts.push(...nodes);
    if (out.length === 0) {
      parts.push(drawEnd(`${id}end`, odd[index] ?? 50));
      texts.push(`${id} -> ${id}end`);
    }
  });
  return definitions(...ROOTS, process('p', ...parts, flows(...texts)));
}

/** Files of random graphs; some are refused at deployment. */
export const graphs: fc.Arbitrary<string> = graph.map(drawGraph);
