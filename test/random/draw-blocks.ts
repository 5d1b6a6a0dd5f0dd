/** Draws block-structured models as BPMN. */
import {
  cancel,
  compensation,
  definitions,
  end,
  error,
  escalation,
  escape,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process,
  signal,
  start,
  timer,
  undoneBy,
} from '../support/bpmn.ts';
import { condition } from '../support/events.ts';
import type { Activity, Block, Edge, Exit, Group, Inside, Loop, Program, Wait } from './blocks.ts';

/** What every model can refer to. Signal `called` comes from outside only: what hears it may be begun again by it. */
export const ROOTS = [
  message('m', 'news'),
  signal('s', 'called'),
  signal('own', 'thrown'),
  error('e', 'E1'),
  escalation('u', 'up'),
];

/** Nodes and flow lines of one level. */
export interface Drawing {
  readonly nodes: string[];
  readonly lines: string[];
  /** New names, unique in the file. */
  readonly name: () => string;
  /** Whether it lies in a transaction. */
  readonly transaction: boolean;
  /** Whether it lies in the called process, which calls nothing. */
  readonly called: boolean;
}

type Draw<B> = (block: B, from: string, drawing: Drawing) => string;

/** A counter of names. */
function names(): () => string {
  let count = 0;
  return () => `n${(count += 1)}`;
}

/** The whole file. */
export function drawProgram({ main, called }: Program): string {
  const name = names();
  const level = (inside: Inside, isCalled: boolean): string[] =>
    drawInside(inside, { nodes: [], lines: [], name, transaction: false, called: isCalled });
  return definitions(...ROOTS, process('p', ...level(main, false)), process('q', ...level(called, true)));
}

/** Draws a sequence of blocks behind `from`; gives the id of the last node. */
function draw(blocks: readonly Block[], from: string, drawing: Drawing): string {
  return blocks.reduce((last, block) => drawBlock(block, last, drawing), from);
}

function drawBlock(block: Block, from: string, drawing: Drawing): string {
  switch (block.kind) {
    case 'activity':
      return drawActivity(block, from, drawing);
    case 'sub':
      return drawSub(block, from, drawing);
    case 'ad-hoc':
      return drawAdHoc(block, from, drawing);
    case 'branches':
      return drawBranches(block, from, drawing);
    case 'catch':
      return drawCatch(block, from, drawing);
    case 'throw':
      return drawThrow(block, from, drawing);
  }
}

const inner = (drawing: Drawing, more: Partial<Drawing> = {}): Drawing => ({
  ...drawing,
  nodes: [],
  lines: [],
  ...more,
});
const content = ({ nodes, lines }: Drawing): string[] => [...nodes, flows(...lines)];

/** What lies in a process or sub-process. */
function drawInside({ blocks, exit, groups }: Inside, drawing: Drawing): string[] {
  const [first, last] = [drawing.name(), drawing.name()];
  drawing.nodes.push(start(first), end(last));
  const undoes = exit?.throws === 'compensation' || exit?.throws === 'cancel';
  const begun = undoes ? drawActivity(UNDONE, first, drawing) : first;
  const from = exit?.beside ? split(begun, exit, drawing) : begun;
  const before = draw(blocks, from, drawing);
  if (exit && !exit.beside) drawing.lines.push(`${decideOn(before, exit, drawing)} -> ${last}`);
  else drawing.lines.push(`${before} -> ${last}`);
  // Two that catch the same could also throw to each other without end.
  for (const group of distinct(groups)) drawing.nodes.push(drawGroup(group, drawing));
  return content(drawing);
}

/** A branch beside the others that waits for somebody and then throws. */
function split(from: string, exit: Exit, drawing: Drawing): string {
  const [fork, ask, out] = [drawing.name(), drawing.name(), drawing.name()];
  drawing.nodes.push(node('parallelGateway', fork), node('userTask', ask), exitEvent(out, exit, drawing));
  drawing.lines.push(`${from} -> ${fork} -> ${ask} -> ${out}`);
  return fork;
}

function decideOn(from: string, exit: Exit, drawing: Drawing): string {
  const [gate, out] = [drawing.name(), drawing.name()];
  const on = drawing.name();
  drawing.nodes.push(
    node('exclusiveGateway', gate, `default="${gate}_${on}"`),
    node('manualTask', on),
    exitEvent(out, exit, drawing),
  );
  drawing.lines.push(`${from} -> ${gate} -> ${on}`, `${gate} -[dice > 4]-> ${out}`);
  return on;
}

function exitEvent(id: string, { throws }: Exit, { transaction }: Drawing): string {
  const definition = {
    error: on('error', 'e'),
    terminate: '<bpmn:terminateEventDefinition/>',
    escalation: on('escalation', 'u'),
    compensation: compensation(),
    cancel: transaction ? cancel() : '',
    signal: on('signal', 'own'),
    message: on('message', 'm'),
  }[throws];
  return node('endEvent', id, '', definition);
}

/** What a catching event waits for. One that may come again and again must not be thrown by what it begins. */
function waitFor(one: Wait, interrupting: boolean): string {
  if (one.on === 'timer') {
    return interrupting ? timer('Duration', `PT${one.hours}H`) : timer('Cycle', `R2/PT${one.hours}H`);
  }
  if (one.on === 'condition') return condition(`level > ${one.above}`);
  return one.on === 'message' ? on('message', 'm') : on('signal', interrupting ? 'own' : 's');
}

/** Leaves out what catches the same as one before: an error, escalation, message or signal can only go one way. */
function distinct<E extends Pick<Edge, 'catches'>>(events: readonly E[]): E[] {
  const seen = new Set<string>();
  return events.filter(({ catches }) => {
    const all = typeof catches === 'string' ? [catches] : catches.map((wait) => wait.on);
    const kinds = all.filter((kind) => kind !== 'timer' && kind !== 'condition');
    const fresh = new Set(kinds).size === kinds.length && !kinds.some((kind) => seen.has(kind));
    for (const kind of kinds) seen.add(kind);
    return fresh;
  });
}

function definitionsOf(catches: Edge['catches'], interrupting: boolean, parallel: boolean): string {
  if (catches === 'error') return on('error', 'e');
  if (catches === 'escalation') return on('escalation', 'u');
  // A cycle cannot be waited for together with others.
  return catches.map((one) => waitFor(one, interrupting || (parallel && one.on === 'timer'))).join('');
}

function drawGroup({ catches, interrupting, path }: Group, drawing: Drawing): string {
  const interrupts = interrupting || catches === 'error';
  const [id, first, last] = [drawing.name(), drawing.name(), drawing.name()];
  const within = inner(drawing);
  within.nodes.push(
    node('startEvent', first, `isInterrupting="${interrupts}"`, definitionsOf(catches, interrupts, false)),
    end(last),
  );
  within.lines.push(`${draw(path, first, within)} -> ${last}`);
  return node('subProcess', id, 'triggeredByEvent="true"', ...content(within));
}

/** Boundary events; gives the id of the node where the interrupting ones and the activity come together again. */
function drawEdges(id: string, edges: readonly Edge[], drawing: Drawing, more: string[] = []): string {
  const out: string[] = [...more];
  for (const { catches, interrupting, parallel, path } of distinct(edges)) {
    const interrupts = interrupting || catches === 'error';
    const edge = drawing.name();
    drawing.nodes.push(
      node(
        'boundaryEvent',
        edge,
        `attachedToRef="${id}" cancelActivity="${interrupts}"${parallel ? ' parallelMultiple="true"' : ''}`,
        definitionsOf(catches, interrupts, parallel && Array.isArray(catches) && catches.length > 1),
      ),
    );
    const last = draw(path, edge, drawing);
    if (interrupts) out.push(last);
    else {
      const late = drawing.name();
      drawing.nodes.push(end(late));
      drawing.lines.push(`${last} -> ${late}`);
    }
  }
  if (out.length === 0) return id;
  const merge = drawing.name();
  drawing.nodes.push(node('exclusiveGateway', merge));
  drawing.lines.push(...[id, ...out].map((last) => `${last} -> ${merge}`));
  return merge;
}

function marker(loop: Loop | null): string {
  if (!loop) return '';
  if (loop.marker === 'standard') {
    const test = loop.until ? '<bpmn:loopCondition>dice &lt; 7</bpmn:loopCondition>' : '';
    return `<bpmn:standardLoopCharacteristics loopMaximum="${loop.maximum}" testBefore="${loop.before}">${test}</bpmn:standardLoopCharacteristics>`;
  }
  const items = JSON.stringify(Array.from({ length: loop.count }, (_, index) => index));
  const data = extensions(
    `<zeebe:loopCharacteristics inputCollection="=${items}" inputElement="item" outputCollection="gathered" outputElement="=item"/>`,
  );
  const count = loop.collection ? data : `<bpmn:loopCardinality>${loop.count}</bpmn:loopCardinality>`;
  const until = loop.until ? '<bpmn:completionCondition>dice &gt; 6</bpmn:completionCondition>' : '';
  return `<bpmn:multiInstanceLoopCharacteristics isSequential="${loop.sequential}">${count}${until}</bpmn:multiInstanceLoopCharacteristics>`;
}

/** Before what undoes, so that there is something to undo. */
const UNDONE: Activity = { kind: 'activity', type: 'script', extra: 'undone', edges: [], loop: null };

const TAGS = {
  user: 'userTask',
  service: 'serviceTask',
  receive: 'receiveTask',
  send: 'sendTask',
  script: 'scriptTask',
  manual: 'manualTask',
  call: 'callActivity',
} as const;

/** What the `zeebe:` dialect wants of each type of task. */
function work(type: Activity['type']): string {
  if (type === 'service' || type === 'send') return '<zeebe:taskDefinition type="work" retries="2"/>';
  if (type === 'script') return '<zeebe:script expression="=dice * 2" resultVariable="twice"/>';
  if (type === 'call') return '<zeebe:calledElement processId="q"/>';
  return '';
}

const LISTENERS =
  '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="told" retries="2"/>' +
  '<zeebe:executionListener eventType="end" type="told" retries="2"/></zeebe:executionListeners>';
const TASK_LISTENERS =
  '<zeebe:taskListeners><zeebe:taskListener eventType="creating" type="told" retries="2"/>' +
  '<zeebe:taskListener eventType="completing" type="told" retries="2"/></zeebe:taskListeners>';

const drawActivity: Draw<Activity> = ({ type: wanted, extra, edges, loop }, from, drawing) => {
  const type = wanted === 'call' && drawing.called ? 'user' : wanted;
  const id = drawing.name();
  const more = [
    work(type),
    extra === 'mapped' ? mapping({ given: '=dice + 1' }, { kept: '=given' }) : '',
    extra === 'listened' ? LISTENERS + (type === 'user' ? TASK_LISTENERS : '') : '',
  ].join('');
  const quantity = extra === 'doubled' ? 'completionQuantity="2"' : '';
  const receives = type === 'receive' ? 'messageRef="m"' : '';
  const drawn = node(TAGS[type], id, `${quantity} ${receives}`, more === '' ? '' : extensions(more), marker(loop));
  drawing.nodes.push(drawn);
  drawing.lines.push(`${from} -> ${id}`);
  if (extra === 'undone') drawing.nodes.push(undoneBy(id));
  const caught = type === 'call' ? [catchAll(id, drawing)] : [];
  if (extra !== 'doubled') return drawEdges(id, edges, drawing, caught);
  return gather(id, edges, drawing, caught);
};

/** The two tokens are taken in as one; what an interrupting boundary event brings comes in behind that. */
function gather(id: string, edges: readonly Edge[], drawing: Drawing, caught: string[]): string {
  const both = drawing.name();
  drawing.nodes.push(node('task', both, 'startQuantity="2"'));
  drawing.lines.push(`${id} -> ${both}`);
  const after = drawing.name();
  const last = drawEdges(id, edges, drawing, caught);
  if (last === id) return both;
  // The edges were joined with the activity itself: take that line back, and join them with the gathering task.
  drawing.lines.splice(drawing.lines.indexOf(`${id} -> ${last}`), 1);
  drawing.nodes.push(node('exclusiveGateway', after));
  drawing.lines.push(`${both} -> ${after}`, `${last} -> ${after}`);
  return after;
}

/** An error boundary event for whatever comes. */
function catchAll(id: string, drawing: Drawing): string {
  const edge = drawing.name();
  drawing.nodes.push(node('boundaryEvent', edge, `attachedToRef="${id}"`, '<bpmn:errorEventDefinition/>'));
  return edge;
}

const drawSub: Draw<Extract<Block, { kind: 'sub' }>> = (block, from, drawing) => {
  const id = drawing.name();
  const isTransaction = block.type === 'transaction';
  const within = inner(drawing, { transaction: drawing.transaction || isTransaction });
  const inside = drawInside(block.inside, within);
  const told = block.inside.groups.length > 0 ? extensions(LISTENERS) : '';
  drawing.nodes.push(node(block.type, id, '', told, ...inside, marker(block.loop)));
  drawing.lines.push(`${from} -> ${id}`);
  const out = block.inside.exit?.throws === 'error' ? [catchAll(id, drawing)] : [];
  if (isTransaction) {
    const edge = drawing.name();
    drawing.nodes.push(node('boundaryEvent', edge, `attachedToRef="${id}"`, cancel()));
    out.push(edge);
  }
  if (block.undone) drawing.nodes.push(undoneBy(id));
  return drawEdges(id, block.edges, drawing, out);
};

const drawAdHoc: Draw<Extract<Block, { kind: 'ad-hoc' }>> = (block, from, drawing) => {
  const id = drawing.name();
  const within = inner(drawing);
  for (const strand of block.strands) {
    const entry = drawing.name();
    within.nodes.push(node('userTask', entry));
    draw(strand, entry, within);
  }
  const until = block.until ? `<bpmn:completionCondition>${escape('dice > 5')}</bpmn:completionCondition>` : '';
  const attributes = `ordering="${block.sequential ? 'Sequential' : 'Parallel'}" cancelRemainingInstances="${block.cancelRemaining}"`;
  const told = block.sequential === block.until ? extensions(LISTENERS) : '';
  drawing.nodes.push(node('adHocSubProcess', id, attributes, told, ...content(within), until));
  drawing.lines.push(`${from} -> ${id}`);
  return drawEdges(id, block.edges, drawing);
};

const GATEWAYS = {
  exclusive: ['exclusiveGateway', 'exclusiveGateway'],
  parallel: ['parallelGateway', 'parallelGateway'],
  inclusive: ['inclusiveGateway', 'inclusiveGateway'],
  complex: ['complexGateway', 'complexGateway'],
  event: ['eventBasedGateway', 'exclusiveGateway'],
} as const;

const drawBranches: Draw<Extract<Block, { kind: 'branches' }>> = (block, from, drawing) => {
  const [fork, join] = [drawing.name(), drawing.name()];
  const [forkTag, joinTag] = GATEWAYS[block.gateway];
  const conditional = block.gateway === 'exclusive' || block.gateway === 'inclusive';
  drawing.lines.push(`${from} -> ${fork}`);
  const entries = block.branches.map((branch, index) => {
    const entry = drawing.name();
    const caught = block.waits[index] ?? { on: 'message' };
    drawing.nodes.push(
      block.gateway === 'event'
        ? node('intermediateCatchEvent', entry, '', waitFor(caught, true))
        : node('task', entry),
    );
    const when = conditional && index > 0 ? `-[dice > ${index * 3}]->` : '->';
    drawing.lines.push(`${fork} ${when} ${entry}`, `${draw(branch, entry, drawing)} -> ${join}`);
    return entry;
  });
  drawing.nodes.push(node(forkTag, fork, conditional ? `default="${fork}_${entries[0] ?? ''}"` : ''));
  if (block.gateway !== 'complex') {
    drawing.nodes.push(node(joinTag, join));
    return join;
  }
  const needed = Math.min(block.needed, block.branches.length);
  const activation = `<bpmn:activationCondition>activationCount &gt;= ${needed}</bpmn:activationCondition>`;
  const [late, after] = [drawing.name(), drawing.name()];
  drawing.nodes.push(node(joinTag, join, '', activation), end(late), node('manualTask', after));
  drawing.lines.push(`${join} -[not(waitingForStart)]-> ${late}`, `${join} -> ${after}`);
  return after;
};

const drawCatch: Draw<Extract<Block, { kind: 'catch' }>> = ({ waits, parallel }, from, drawing) => {
  const id = drawing.name();
  const attributes = parallel && waits.length > 1 ? 'parallelMultiple="true"' : '';
  drawing.nodes.push(node('intermediateCatchEvent', id, attributes, waits.map((one) => waitFor(one, true)).join('')));
  drawing.lines.push(`${from} -> ${id}`);
  return id;
};

const drawThrow: Draw<Extract<Block, { kind: 'throw' }>> = ({ throws, wait }, before, drawing) => {
  const from = throws === 'compensation' ? drawActivity(UNDONE, before, drawing) : before;
  const id = drawing.name();
  const link = `<bpmn:linkEventDefinition name="${id}"/>`;
  const definition = {
    none: '',
    signal: on('signal', 'own'),
    escalation: on('escalation', 'u'),
    message: on('message', 'm'),
    several: on('signal', 'own') + on('escalation', 'u') + on('message', 'm'),
    link,
    compensation: compensation(`waitForCompletion="${wait}"`),
  }[throws];
  drawing.nodes.push(node('intermediateThrowEvent', id, '', definition));
  drawing.lines.push(`${from} -> ${id}`);
  if (throws !== 'link') return id;
  const target = drawing.name();
  drawing.nodes.push(node('intermediateCatchEvent', target, '', link));
  return target;
};
