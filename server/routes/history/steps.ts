/** A history as its reader sees it: one step per command, with who, when, the path, the reasons and the changes. */
import { evolveAll, tokenWithJob } from '../../../engine/index.ts';
import type { Command, Event, Instance, Value } from '../../../engine/index.ts';
import type { JournalRow } from '../../db/journal.ts';
import { sentences, valueText } from './sentences.ts';
import type { Kind, Scene } from './sentences.ts';

export interface Step {
  seq: number;
  at: number;
  actor: Actor;
  /** Completes the text key `history:commands.`. */
  command: string;
  /** What the command was about: the name of an element or message, '' for the whole case. */
  subject: string;
  /** Names of the elements that were entered, in order. */
  path: string[];
  lines: { kind: Kind; key: string; values: Record<string, unknown> }[];
  changes: Change[];
}

/** `kind` completes the text key `history:actors.`. */
export interface Actor {
  kind: string;
  name: string;
}

/** A variable before and after the step. */
export interface Change {
  name: string;
  before: string;
  after: string;
  /** Name of the element in whose scope it is; '' for the case itself. */
  scope: string;
}

export type Names = Pick<Scene, 'nameOf' | 'timeText'>;

/** Folds the history with the engine's `evolveAll` and tells every step. */
export function stepsOf(rows: readonly JournalRow[], names: Names): Step[] {
  let instance: Instance | null = null;
  return rows.map((row) => {
    const step: Step = {
      seq: row.seq,
      at: row.at,
      actor: actorOf(row.actor),
      command: row.command.type,
      subject: subjectOf(row.command, { ...names, instance }),
      path: [],
      lines: isIntervention(row) ? [{ kind: 'intervention', key: 'Intervention', values: {} }] : [],
      changes: [],
    };
    instance = evolveAll(instance, row.events, (event, before) => tell(event, { ...names, instance: before }, step));
    return step;
  });
}

/** What people ask for that the diagram does not provide for. */
const interventions: readonly Command['type'][] = [
  'Modify',
  'Migrate',
  'Cancel',
  'SetVariables',
  'UpdateTask',
  'UpdateJob',
  'ResolveIncident',
];

function isIntervention({ actor, command }: JournalRow): boolean {
  return interventions.includes(command.type) && /^(user|client):/.test(actor);
}

function tell(event: Event, scene: Scene, step: Step): void {
  step.lines.push(...sentences(event, scene));
  if (event.type === 'ElementEntered') step.path.push(...entered(event.token, scene));
  step.changes.push(...changesOf(event, scene));
}

/** Nameless elements (most joins) are left out; the diagram shows them. */
function entered(token: number, { instance, nameOf }: Scene): string[] {
  const element = instance?.tokens.find((other) => other.id === token)?.element;
  if (element === undefined) return [];
  const name = nameOf(element);
  return name === element ? [] : [name];
}

function changesOf(event: Event, { instance, nameOf }: Scene): Change[] {
  if (event.type === 'InstanceStarted') return changes({}, event.variables, '');
  if (event.type !== 'VariablesSet') return [];
  const scope = instance?.scopes.find((other) => other.id === event.scope);
  return changes(scope?.variables ?? {}, event.variables, scope && scope.parent !== null ? nameOf(scope.element) : '');
}

function changes(before: Record<string, Value>, after: Record<string, Value>, scope: string): Change[] {
  return Object.entries(after).map(([name, value]) => ({
    name,
    before: valueText(before[name]),
    after: valueText(value),
    scope,
  }));
}

/** `user:ada` -> user, ada. */
function actorOf(actor: string): Actor {
  const [kind = '', ...name] = actor.split(':');
  return { kind, name: name.join(':') };
}

function subjectOf(command: Command, { instance, nameOf }: Scene): string {
  const token = (id: number | undefined): string => {
    const element = instance?.tokens.find((other) => other.id === id)?.element;
    return element === undefined ? '' : nameOf(element);
  };
  switch (command.type) {
    case 'CompleteTask':
    case 'AssignTask':
    case 'UpdateTask':
      return token(command.task);
    case 'CompleteJob':
    case 'FailJob':
    case 'ThrowError':
    case 'UpdateJob':
      return token(instance ? tokenWithJob(instance, command.job)?.id : undefined);
    case 'ActivateElements':
      return `${token(command.scope)} → ${command.elements.map((id) => nameOf(id)).join(', ')}`;
    case 'Modify': {
      const { terminate = [], move = [], activate = [] } = command;
      const from = [...terminate.map(token), ...move.map((one) => nameOf(one.from))];
      const to = [...activate.map(({ element }) => nameOf(element)), ...move.map((one) => nameOf(one.to))];
      return `${from.join(', ') || '–'} → ${to.join(', ') || '–'}`;
    }
    case 'Migrate':
      return command.release;
    case 'FireTimer': {
      const timer = instance?.timers.find((other) => other.id === command.timer);
      return timer ? nameOf(timer.element) : '';
    }
    case 'CorrelateMessage':
    case 'BroadcastSignal':
      return command.name;
    case 'ResolveIncident': {
      const incident = instance?.incidents.find((other) => other.id === command.incident);
      return incident ? nameOf(incident.element) : '';
    }
    default:
      return '';
  }
}
