/** Compensation event definition (BPMN 2.0, 10.5.5 and 10.7). */
import type { ModdleElement } from 'bpmn-moddle';
import type { Report } from '../behaviour.ts';
import { child, children } from '../bpmn/read.ts';
import { compensate as undo } from '../compensation.ts';
import { complete, tokenOf, type Execution } from '../execution.ts';
import type { Token } from '../instance.ts';
import type { Element } from '../model.ts';
import type { EventDefinition } from './definition.ts';

interface CompensateData {
  /** Of a throwing event: the one activity that is to be undone. */
  readonly activity: string | null;
  /** Of a throwing event: whether it goes on only when all is undone. */
  readonly wait: boolean;
  /** The process or sub-process that it stands in; of an event sub-process the one around it too, and so on. */
  readonly levels: readonly string[];
  /** Of a boundary event: the activity that its association leads to. */
  readonly handler: string | null;
}

export const compensate: EventDefinition<CompensateData> = {
  type: 'bpmn:CompensateEventDefinition',
  places: ['event-sub-process', 'boundary', 'throw', 'end'],
  mustInterrupt: true,

  compile: (node, event) => ({
    activity: child(node, 'activityRef')?.id ?? null,
    wait: node.get('waitForCompletion') !== false,
    levels: levelsAround(event),
    handler: associated(event),
  }),

  check(data, element, byId, report) {
    if (element.attachedTo !== null) checkHandler(data, element, byId, report);
    else if (data.activity !== null) checkActivity(data, data.activity, element, byId, report);
  },

  final: ({ wait }) => wait,

  throw(x, token, _element, { activity, wait, levels }, next) {
    let begun = 0;
    for (const scope of scopesAround(x, token, levels.length)) begun += undo(x, scope, token.id, activity);
    if (!wait) next();
    else if (begun === 0) complete(x, token);
  },

  compensation: ({ handler }) => ({ handler }),
};

function levelsAround(event: ModdleElement): string[] {
  const levels: string[] = [];
  let level = event.$parent;
  while (level) {
    levels.push(level.id ?? '');
    level = level.get('triggeredByEvent') === true ? level.$parent : undefined;
  }
  return levels;
}

/** The scopes of as many levels, from the one that the token moves in outwards. */
function scopesAround(x: Execution, token: Token, levels: number): number[] {
  const scopes = [token.scope];
  while (scopes.length < levels) scopes.push(tokenOf(x, scopes[scopes.length - 1] ?? 0)?.scope ?? 0);
  return scopes;
}

/** The activity at the other end of the association of a boundary event; it may be drawn at any level around it. */
function associated(event: ModdleElement): string | null {
  for (let level = event.$parent; level; level = level.$parent) {
    for (const artifact of children(level, 'artifacts')) {
      const ends = [child(artifact, 'sourceRef'), child(artifact, 'targetRef')];
      if (!ends.includes(event)) continue;
      const other = ends.find((end) => end?.$instanceOf('bpmn:Activity'));
      if (other) return other.id ?? null;
    }
  }
  return null;
}

function checkHandler(
  { handler }: CompensateData,
  { id, parent }: Element,
  byId: ReadonlyMap<string, Element>,
  report: Report,
): void {
  const activity = handler === null ? undefined : byId.get(handler);
  if (activity?.forCompensation && activity.parent === parent) return;
  report(
    'compensation',
    `Expected an association from "${id}" to a compensation activity of the same level, but found ` +
      `${handler === null ? 'none' : `"${handler}"`}. Draw it, and mark the activity as being for compensation.`,
  );
}

function checkActivity(
  { levels }: CompensateData,
  activity: string,
  { id }: Element,
  byId: ReadonlyMap<string, Element>,
  report: Report,
): void {
  if (levels.includes(byId.get(activity)?.parent ?? '')) return;
  report(
    'compensation',
    `Expected "${id}" to compensate an activity of its own level, but "${activity}" is not there. Choose another.`,
  );
}
