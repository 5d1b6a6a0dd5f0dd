/** "Why is it not moving?" in the reader's language: what every resting token waits for, and who or what can supply it. */
import { explain } from '../../engine/index.ts';
import type { Incident, Instance, Instant, Reason, Release, Resting } from '../../engine/index.ts';
import { timeText } from '../web/format.ts';
import type { Locale, Translate } from '../web/locales.ts';
import type { Directory } from './directory.ts';
import { incidentText } from './incident-text.ts';
import { elementName } from './log.ts';

/** A resting token. */
export interface Why {
  token: number;
  /** BPMN ids. */
  element: string;
  process: string;
  /** The element's name. */
  name: string;
  /** Which iteration of a loop it is, from 1. */
  iteration?: number;
  reasons: WhyReason[];
  /** Elements of an active ad-hoc sub-process that somebody can begin, again or for the first time. */
  begin: { id: string; name: string }[];
}

/** One thing that would let it go on. */
export interface WhyReason {
  kind: Reason['kind'];
  text: string;
  /** The exact English sentence, where the text is a translation. */
  exact?: string;
  /** Of an incident: its id, and what to do about it. */
  incident?: number;
  remedy?: string;
}

/** Who reads, and how. */
export interface WhyReader {
  locale: Locale;
  zone: string;
  /** What counts as today. */
  now: Instant;
  t: Translate;
  directory: Directory;
}

interface Scene extends WhyReader {
  release: Release;
  instance: Instance;
  /** What the token rests in. */
  resting: Resting;
}

type ReasonOf<K extends Reason['kind']> = Extract<Reason, { kind: K }>;
type Tell<K extends Reason['kind']> = (reason: ReasonOf<K>, scene: Scene) => string;

const tells: { [K in Reason['kind']]: Tell<K> } = {
  task: ({ assignee, groups, users }, { t, directory }) => {
    if (assignee !== null) return t('why:task.assigned', { person: directory.person(assignee) });
    const people = [...groups.map((id) => directory.group(id)), ...users.map((login) => directory.person(login))];
    return people.length > 0 ? t('why:task.offered', { people: joined(people, t) }) : t('why:task.nobody');
  },
  job: ({ type, retries }, { t }) => t('why:job', { type, retries }),
  timer: ({ element, due }, scene) =>
    own(scene, element, 'timer', { due: timeText(due, scene.locale, scene.zone, scene.now) }),
  message: ({ element, name, key }, scene) => own(scene, element, 'message', { name, key }),
  signal: ({ element, name }, scene) => own(scene, element, 'signal', { name }),
  condition: ({ element }, scene) => own(scene, element, 'condition', {}),
  join: ({ flows, all, from }, scene) => {
    const sources = joined(unique(flows.map((id) => sourceOf(scene, id))), scene.t);
    const needs = scene.t(all ? 'why:join.all' : 'why:join.any', { sources });
    const places = joined(unique(from.map(({ element }) => named(scene, element))), scene.t);
    return `${needs}${scene.t(places === '' ? 'why:join.never' : 'why:join.from', { places })}`;
  },
  inside: ({ tokens }, scene) => {
    const places = tokens.filter(({ element }) => element !== scene.resting.element);
    if (places.length === 0) return scene.t('why:inside.iterations', { count: tokens.length });
    return scene.t('why:inside.places', {
      places: joined(unique(places.map(({ element }) => named(scene, element))), scene.t),
    });
  },
  choice: ({ elements }, scene) =>
    scene.t('why:choice', {
      elements: joined(
        elements.map((id) => named(scene, id)),
        scene.t,
      ),
    }),
  incident: ({ message }, { t }) => t('why:incident', { message }),
};

/** Tokens in trouble first, then those that wait for something outside, then those that wait for others. */
export function whyOf(release: Release, instance: Instance, reader: WhyReader): Why[] {
  if (instance.status !== 'active') return [];
  const all = explain(release, instance).map((resting) => tell({ ...reader, release, instance, resting }));
  return all
    .map((why, index) => ({ why, index }))
    .sort((a, b) => rank(a.why) - rank(b.why) || a.index - b.index)
    .map(({ why }) => why);
}

function rank({ reasons }: Why): number {
  if (reasons.some(({ kind }) => kind === 'incident')) return 0;
  return reasons.some(({ kind }) => kind === 'inside' || kind === 'join') ? 2 : 1;
}

function tell(scene: Scene): Why {
  const { resting, instance } = scene;
  const { token, element, process, waitsFor } = resting;
  const iteration = instance.tokens.find(({ id }) => id === token)?.iteration;
  return {
    token,
    element,
    process,
    name: named(scene, element),
    ...(iteration === undefined ? {} : { iteration }),
    reasons: waitsFor.map((reason) => reasonOf(reason, scene)),
    begin: choicesOf(scene).map((id) => ({ id, name: named(scene, id) })),
  };
}

function reasonOf(reason: Reason, scene: Scene): WhyReason {
  // The table is keyed by the reason's own kind, which TypeScript cannot follow through the union.
  const text = (tells[reason.kind] as Tell<Reason['kind']>)(reason, scene);
  if (reason.kind !== 'incident') return { kind: reason.kind, text };
  const found = scene.instance.incidents.find(({ id }) => id === reason.incident);
  if (!found) return { kind: reason.kind, text, incident: reason.incident };
  const { text: message, ...exact } = incidentText(found, scene.locale);
  const told = { text: scene.t('why:incident', { message }), ...exact };
  return { kind: reason.kind, ...told, incident: reason.incident, remedy: remedyOf(found, scene.t) };
}

/** What removes the cause of an incident, and what its resolution tries again. */
export function remedyOf({ kind, phase }: Pick<Incident, 'kind' | 'phase'>, t: Translate): string {
  const remedy = t(`why:remedy.${kind}`);
  return kind === 'join' ? remedy : `${remedy} ${t(`why:again.${phase}`)}`;
}

/** What somebody can begin in the ad-hoc sub-process of the token; none when it is none, or not active. */
function choicesOf({ release, instance, resting }: Scene): string[] {
  const token = instance.tokens.find(({ id }) => id === resting.token);
  const element = release.processes.get(resting.process)?.byId.get(resting.element);
  const opened = instance.scopes.some(({ id, loop }) => id === resting.token && loop === undefined);
  if (!element || token?.state !== 'active' || !opened) return [];
  return (element.behaviour.choices?.(element) ?? []).map(({ id }) => id);
}

function named({ release, locale }: Scene, element: string): string {
  return elementName(release, element, locale);
}

/** A sentence about an event: the element itself, or one beside it (a boundary event, one behind a gateway). */
function own(scene: Scene, element: string, kind: string, values: Record<string, unknown>): string {
  const text = scene.t(`why:${kind}`, values);
  return element === scene.resting.element ? text : scene.t('why:at', { element: named(scene, element), text });
}

/** Where a flow comes from: its own name, else that of the element before it. */
function sourceOf(scene: Scene, id: string): string {
  for (const { elements } of scene.release.processes.values()) {
    for (const { outgoing } of elements) {
      const flow = outgoing.find((other) => other.id === id);
      if (flow) return flow.name || named(scene, flow.source);
    }
  }
  return id;
}

function joined(names: readonly string[], t: Translate): string {
  return names.map((name) => t('why:quoted', { name })).join(t('why:comma'));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** As the API gives it: the reasons of the engine with their sentences; instants as RFC 3339 in UTC. */
export function whyResource(release: Release, instance: Instance, reader: WhyReader) {
  const raw = new Map(explain(release, instance).map(({ token, waitsFor }) => [token, waitsFor]));
  return whyOf(release, instance, reader).map(({ reasons, ...why }) => ({
    ...why,
    waitsFor: (raw.get(why.token) ?? []).map((reason, index) => ({ ...plain(reason), ...reasons[index] })),
  }));
}

function plain(reason: Reason): object {
  return reason.kind === 'timer' ? { ...reason, due: instantText(reason.due) } : reason;
}

const instantText = (at: Instant): string => new Date(at).toISOString();
