/**
 * From a read BPMN file to process models. A diagram with anything that has no semantics here is refused, with the
 * element's id and what to do; nothing is passed through.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Behaviour } from '../behaviour.ts';
import { behaviours, globalTasks } from '../elements/index.ts';
import { loopMarkers } from '../loops/index.ts';
import type { Loop } from '../loops/loop.ts';
import type { Children, DataFlow, Element, Flow, Mapping, NoteTemplate, ProcessModel, StartTrigger } from '../model.ts';
import type { Problem } from '../problem.ts';
import { validateForDeployment } from '../validate/index.ts';
import { checkExtensions } from './check-extensions.ts';
import { createCompiler, type Compiler } from './compiler.ts';
import { compileData, declaredData } from './data.ts';
import { compileListeners } from './listeners.ts';
import { formalExpression } from './formal-expression.ts';
import { child, children, documentation, extension, properties, text, type BpmnFile } from './read.ts';
import { connectLinks } from './links.ts';
import { startTriggers } from './starts.ts';

/** What a BPMN file compiles to; `processes` is only to be used when no problem is an error. */
export interface Compilation {
  readonly processes: ProcessModel[];
  readonly problems: Problem[];
}

/** Drawings and containers that mean nothing to the execution, by the standard. */
const DRAWN = new Set(['bpmn:TextAnnotation', 'bpmn:Association', 'bpmn:Group']);

/** Data that is declared, and read by the associations of the elements. */
const DATA = new Set(['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference']);

/** Extensions that every flow node may carry. */
const COMMON_EXTENSIONS = ['zeebe:IoMapping', 'zeebe:Properties', 'zeebe:ExecutionListeners'];

/**
 * Validates a file and compiles every executable process of it. The problems are those that decide at deployment, the
 * same wherever it is called: the rules of validate/, then what cannot be executed.
 */
export function compileBpmn(file: BpmnFile): Compilation {
  const problems = validateForDeployment(file);
  if (!file.definitions) return { processes: [], problems };
  const unable: Problem[] = [];
  const processes = compileProcesses(file.definitions, createCompiler(unable));
  // What breaks a rule is told once, in the words of the rule.
  const refused = new Set(problems.flatMap(({ severity, element }) => (severity === 'error' ? [element] : [])));
  return { processes, problems: [...problems, ...unable.filter(({ element }) => !refused.has(element))] };
}

function compileProcesses(definitions: ModdleElement, c: Compiler): ProcessModel[] {
  const roots = children(definitions, 'rootElements');
  const executable = roots.filter((node) => node.$type === 'bpmn:Process' && node.get('isExecutable') === true);
  if (executable.length === 0) {
    c.problem(
      definitions,
      'executable',
      'Expected an executable process in the diagram, but found none. Select the process and tick "Executable".',
    );
  }
  const tasks = roots.flatMap((node) => compileGlobalTask(node, c) ?? []);
  return [...executable.map((node) => compileProcess(node, c)), ...tasks];
}

/** A global task (BPMN 2.0, 10.3.7) is a process that consists of the task alone, to be called. */
function compileGlobalTask(node: ModdleElement, c: Compiler): ProcessModel | null {
  const behaviour = globalTasks.get(node.$type);
  if (!behaviour) return null;
  const elements: Element[] = [];
  const root: Children = { starts: [], implicit: [], eventSubProcesses: [], declares: [] };
  root.implicit.push(compileElement(node, behaviour, node, c, elements));
  return modelOf(node, elements, root, []);
}

function compileProcess(node: ModdleElement, c: Compiler): ProcessModel {
  checkExtensions(node, ['zeebe:Properties', 'zeebe:VersionTag'], c);
  const elements: Element[] = [];
  const root = compileScope(node, c, elements);
  const byId = new Map(elements.map((element) => [element.id, element]));
  for (const element of elements) {
    const host = element.attachedTo === null ? undefined : byId.get(element.attachedTo);
    if (host) attach(element, host);
  }
  const starts = startTriggers(node.id ?? '', byId, c);
  if (starts.length === 0 && root.implicit.length === 0) {
    c.problem(node, 'start', `Expected process "${node.id ?? ''}" to have a start event, but it has none. Draw one.`);
  }
  for (const element of elements) {
    element.behaviour.check?.(element, byId, (rule, message) => c.problem(element, rule, message));
  }
  return modelOf(node, elements, root, starts);
}

function modelOf(
  node: ModdleElement,
  elements: readonly Element[],
  root: Children,
  starts: readonly StartTrigger[],
): ProcessModel {
  return {
    id: node.id ?? '',
    name: text(node, 'name') ?? node.id ?? '',
    documentation: documentation(node),
    properties: properties(node),
    elements,
    byId: new Map(elements.map((element) => [element.id, element])),
    root,
    starts,
  };
}

/** A boundary event waits while its activity is active; one for compensation says what undoes it afterwards. */
function attach(event: Element, host: Element): void {
  const compensation = event.behaviour.compensation?.(event);
  if (compensation) host.compensation = compensation.handler;
  else host.boundary.push(event);
}

/** Compiles the nodes and flows directly inside a process or sub-process, and what lies within them. */
function compileScope(scope: ModdleElement, c: Compiler, elements: Element[]): Children {
  const found: Children = { starts: [], implicit: [], eventSubProcesses: [], declares: declares(scope) };
  const here: Element[] = [];
  const beginning: Element[] = [];
  const nodes = children(scope, 'flowElements');
  for (const node of nodes) {
    if (node.$type === 'bpmn:SequenceFlow') continue;
    const behaviour = behaviours.get(node.$type);
    if (!behaviour) {
      refuse(node, c);
      continue;
    }
    const element = compileElement(node, behaviour, scope, c, elements);
    here.push(element);
    if (node.get('isForCompensation') !== true && behaviour.begins?.(node) !== false) beginning.push(element);
    if (element.type === 'bpmn:StartEvent') found.starts.push(element);
    if (node.get('triggeredByEvent') === true) found.eventSubProcesses.push(element);
  }
  connect(
    nodes.filter((node) => node.$type === 'bpmn:SequenceFlow'),
    here,
    c,
  );
  connectLinks(here, (id, message) => c.problem(nodes.find((node) => node.id === id) ?? scope, 'link', message));
  if (found.starts.length === 0) found.implicit.push(...beginning.filter(({ incoming }) => incoming.length === 0));
  return found;
}

/** The variables of the process are those of its data objects anyway. */
function declares(scope: ModdleElement): string[] {
  return scope.$instanceOf('bpmn:SubProcess') ? declaredData(scope) : [];
}

/** Token quantities; less than one could never begin or never go on. */
function quantity(node: ModdleElement, name: 'startQuantity' | 'completionQuantity', c: Compiler): number {
  const value = Number(node.get(name) ?? 1);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  c.problem(
    node,
    'quantity',
    `Expected ${name} of "${node.id ?? ''}" to be from 1 to 1000, but found ${value}. Correct it.`,
  );
  return 1;
}

function refuse(node: ModdleElement, c: Compiler): void {
  if (DRAWN.has(node.$type) || DATA.has(node.$type)) return;
  c.problem(
    node,
    'unsupported-element',
    `Expected an element that can be executed, but "${node.id ?? ''}" is a ${node.$type}, which is not. ` +
      'Replace it or take it out.',
  );
}

function compileElement(
  node: ModdleElement,
  behaviour: Behaviour,
  scope: ModdleElement,
  c: Compiler,
  elements: Element[],
): Element {
  checkExtensions(node, [...COMMON_EXTENSIONS, ...(behaviour.extensions ?? [])], c);
  checkRoles(node, c);
  const place = elements.length;
  const inner = node.$instanceOf('bpmn:SubProcess') ? compileScope(node, c, elements) : null;
  const host = child(node, 'attachedToRef');
  const loop = compileLoop(node, c);
  const data = compileData(node, c);
  const element: Element = {
    id: node.id ?? '',
    name: text(node, 'name') ?? '',
    type: node.$type,
    behaviour,
    spec: behaviour.compile(node, c),
    parent: scope.id ?? '',
    incoming: [],
    outgoing: [],
    defaultFlow: child(node, 'default')?.id ?? null,
    boundary: [],
    compensation: null,
    forCompensation: node.get('isForCompensation') === true,
    attachedTo: host?.id ?? null,
    children: inner,
    startQuantity: quantity(node, 'startQuantity', c),
    completionQuantity: quantity(node, 'completionQuantity', c),
    data: data && loop ? withoutInputs(data, loop.collections) : data,
    loop,
    listeners: compileListeners(node, behaviour, c),
    inputs: mappings(node, 'inputParameters', c),
    outputs: mappings(node, 'outputParameters', c),
    notes: notes(node, c),
    properties: properties(node),
    documentation: documentation(node),
  };
  elements.splice(place, 0, element);
  return element;
}

function compileLoop(node: ModdleElement, c: Compiler): Loop | null {
  const found = child(node, 'loopCharacteristics');
  const marker = found && loopMarkers.get(found.$type);
  if (!found || !marker) return null;
  if (node.get('triggeredByEvent') === true) {
    c.problem(
      node,
      'loop',
      `Expected event sub-process "${node.id ?? ''}" to have no loop marker: its event starts it, as often as it comes. ` +
        'Take the marker off.',
    );
  }
  checkExtensions(found, marker.extensions, c, node);
  return marker.compile(found, node, c);
}

/** Data inputs that hold the collection of a loop are read once, by its body. */
function withoutInputs(data: DataFlow, names: readonly string[]): DataFlow {
  return { ...data, inputs: data.inputs.filter(({ target: [name = ''] }) => !names.includes(name)) };
}

function mappings(node: ModdleElement, kind: 'inputParameters' | 'outputParameters', c: Compiler): Mapping[] {
  const mapping = extension(node, 'zeebe:IoMapping');
  return (mapping ? children(mapping, kind) : []).map((entry) => {
    const target = text(entry, 'target');
    if (target === undefined) {
      c.problem(
        node,
        'mapping-target',
        `Expected every mapping of "${node.id ?? ''}" to name a target variable. Fill it in.`,
      );
    }
    return { source: c.value(node, text(entry, 'source') ?? ''), target: (target ?? '').split('.') };
  });
}

function notes(node: ModdleElement, c: Compiler): NoteTemplate[] {
  const declared = properties(node);
  return (['public', 'internal', 'notice'] as const).flatMap((audience) => {
    const feel = declared[`note.${audience}`];
    return feel === undefined || feel === '' ? [] : [{ audience, text: c.value(node, feel) }];
  });
}

/** Makes the flows between the nodes of one scope. */
function connect(nodes: ModdleElement[], elements: Element[], c: Compiler): void {
  const byId = new Map(elements.map((element) => [element.id, element]));
  for (const node of nodes) {
    const source = byId.get(child(node, 'sourceRef')?.id ?? '');
    const target = byId.get(child(node, 'targetRef')?.id ?? '');
    if (!source || !target) {
      c.problem(
        node,
        'flow-ends',
        `Expected flow "${node.id ?? ''}" to join two executable elements of the same level, but one end is missing. ` +
          'Draw the flow again.',
      );
      continue;
    }
    const flow = compileFlow(node, source.id, target.id, c);
    source.outgoing.push(flow);
    target.incoming.push(flow);
  }
}

/** People are assigned by expressions of the `zeebe:` dialect, which the roles of the standard would be left out beside. */
function checkRoles(node: ModdleElement, c: Compiler): void {
  const [role] = children(node, 'resources');
  if (!role) return;
  const found = `Expected "${node.id ?? ''}" to be assigned by a zeebe:assignmentDefinition, but found ${role.$type}.`;
  c.problem(node, 'unsupported-element', `${found} Choose assignee or groups there, and take the role out.`);
}

function compileFlow(node: ModdleElement, source: string, target: string, c: Compiler): Flow {
  // The standard lets a flow go without an id; its ends name it in the history.
  const flow = { id: node.id ?? `${source}->${target}`, name: text(node, 'name') ?? '', source, target };
  const body = formalExpression(node, 'conditionExpression', node, c);
  return body === undefined ? flow : { ...flow, condition: c.expression(node, body) };
}
