import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { children, extensions } from '../bpmn/read.ts';
import type { DefinedEvent, EventPlace, EventSpec } from './definition.ts';
import { eventDefinitions } from './index.ts';

/** Reads the event definitions of an event, its own and those it refers to. What may not stand in this place is reported. */
export function compileEvent(node: ModdleElement, place: EventPlace, noneAllowed: boolean, c: Compiler): EventSpec {
  const interrupting = node.get('isInterrupting') !== false && node.get('cancelActivity') !== false;
  const found = [...children(node, 'eventDefinitions'), ...children(node, 'eventDefinitionRef')];
  checkJob(node, found, c);
  const fitting = found.filter(({ $type }) => eventDefinitions.get($type)?.places.includes(place));
  if (fitting.length < found.length || (found.length === 0 && !noneAllowed)) {
    c.problem(
      node,
      'unsupported-event',
      `Expected "${node.id ?? ''}" to have only event definitions that a ${place} event can have ` +
        `(${allowed(place, noneAllowed)}), but found ${found.map(({ $type }) => $type).join(', ') || 'none'}. Choose another.`,
    );
  }
  const definitions = fitting.flatMap((one) => define(one, node, interrupting, c));
  const throws = place === 'throw' || place === 'end';
  const parallel = !throws && definitions.length > 1 && node.get('parallelMultiple') === true;
  const single = definitions.find(({ definition }) => definition.alone);
  if (single && definitions.length > 1) {
    c.problem(
      node,
      'multiple',
      `Expected ${single.definition.type} to be the only event definition of "${node.id ?? ''}". Take the others out.`,
    );
  }
  if (parallel) checkParallel(node, definitions, c);
  return { definitions: throws ? finalLast(node, definitions, c) : definitions, parallel, interrupting };
}

function define(one: ModdleElement, node: ModdleElement, interrupting: boolean, c: Compiler): DefinedEvent[] {
  const definition = eventDefinitions.get(one.$type);
  if (!definition) return [];
  if (definition.mustInterrupt && !interrupting) {
    c.problem(
      node,
      'interrupting',
      `Expected "${node.id ?? ''}" to interrupt, as every event of its kind does. Make it interrupting.`,
    );
  }
  return [{ definition, data: definition.compile(one, node, c) }];
}

/** What an event waits for that needs all of them must be something that can come and be waited for beyond the moment. */
function checkParallel(node: ModdleElement, definitions: readonly DefinedEvent[], c: Compiler): void {
  for (const { definition, data } of definitions) {
    if (definition.subscribe && definition.recurs?.(data) !== 'cycle') continue;
    c.problem(
      node,
      'parallel-multiple',
      `Expected "${node.id ?? ''}" to wait only for events that come one by one, but found ${definition.type} among ` +
        'its event definitions. Take it out, or let any of them do.',
    );
  }
}

/** After what is final nothing more is thrown. */
function finalLast(node: ModdleElement, definitions: readonly DefinedEvent[], c: Compiler): DefinedEvent[] {
  const isFinal = ({ definition, data }: DefinedEvent): boolean => definition.final?.(data) === true;
  const final = definitions.filter(isFinal);
  if (final.length > 1) {
    c.problem(
      node,
      'multiple',
      `Expected at most one event definition of "${node.id ?? ''}" after which it does not go on by itself, but found ` +
        `${final.map(({ definition }) => definition.type).join(', ')}. Draw them as events of their own.`,
    );
  }
  return [...definitions.filter((one) => !isFinal(one)), ...final];
}

/** Only a definition that says so leaves its work to a job. */
function checkJob(node: ModdleElement, found: readonly ModdleElement[], c: Compiler): void {
  const understood = found.flatMap(({ $type }) => eventDefinitions.get($type)?.extensions ?? []);
  for (const { $type } of extensions(node)) {
    if ($type === 'zeebe:TaskDefinition' && !understood.includes($type)) {
      c.problem(
        node,
        'unsupported-extension',
        `Expected a task definition only on message events, but "${node.id ?? ''}" has one. Take it out.`,
      );
    }
  }
}

function allowed(place: EventPlace, noneAllowed: boolean): string {
  const names = [...eventDefinitions.values()]
    .filter((definition) => definition.places.includes(place))
    .map(({ type }) => type.replace(/^bpmn:(.*)EventDefinition$/, '$1').toLowerCase());
  return (noneAllowed ? ['none', ...names] : names).join(', ');
}
