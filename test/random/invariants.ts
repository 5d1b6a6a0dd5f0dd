/**
 * What holds after every command, whatever the model. Tokens are conserved: every token rests at an element of the model
 * that lies in the open scope in which it moves, every scope but the root belongs to a token, everything that is waited for
 * has its host, and an active instance has a token whose next step somebody or something can take.
 */
import {
  explain,
  type Instance,
  type ProcessModel,
  type Release,
  type Resting,
  type Token,
} from '../../engine/index.ts';

/** Something that must never be so was found. */
export class Broken extends Error {
  override name = 'Broken';
}

export function ensure(holds: boolean, found: () => string): asserts holds {
  if (!holds) throw new Broken(found());
}

/** Checks one state. */
export function checkState(release: Release, instance: Instance): void {
  if (instance.status === 'active') checkActive(release, instance);
  else checkEnded(instance);
}

function checkEnded(instance: Instance): void {
  const { tokens, timers, messages, signals, incidents, scopes, conditions = [], compensations = [] } = instance;
  const left = [...tokens, ...timers, ...messages, ...signals, ...conditions, ...incidents, ...compensations];
  ensure(left.length === 0, () => `An instance that has ended still holds ${JSON.stringify(left)}.`);
  ensure(scopes.length === 1 && scopes[0]?.id === 0, () => `Ended with open scopes ${JSON.stringify(scopes)}.`);
  ensure(instance.endedAt !== undefined, () => 'Ended without a time.');
}

function checkActive(release: Release, instance: Instance): void {
  ensure(instance.tokens.length > 0, () => 'An active instance has no token.');
  checkIds(instance);
  const byId = new Map(instance.tokens.map((token) => [token.id, token]));
  for (const scope of instance.scopes) {
    const token = byId.get(scope.id);
    const fits =
      scope.id === 0 ? scope.parent === null : token?.scope === scope.parent && token.element === scope.element;
    ensure(fits, () => `Scope ${JSON.stringify(scope)} does not belong to a token that is there.`);
  }
  for (const token of instance.tokens) checkToken(release, instance, token);
  for (const { id, token } of instance.incidents) {
    ensure(byId.has(token), () => `Incident ${id} is about token ${token}, which is not there.`);
  }
  const { timers, messages, signals, conditions = [] } = instance;
  for (const wait of [...timers, ...messages, ...signals, ...conditions]) {
    ensure(isHosted(release, instance, wait), () => `Nothing hosts the wait ${JSON.stringify(wait)}.`);
  }
  checkMoving(release, instance);
}

/** Ids are given once, to whatever it is; a scope has that of its token. */
function checkIds({ nextId, tokens, timers, messages, signals, conditions = [], incidents }: Instance): void {
  const ids = [...tokens, ...timers, ...messages, ...signals, ...conditions, ...incidents].map(({ id }) => id);
  for (const { job } of tokens) if (job?.id !== undefined) ids.push(job.id);
  ensure(new Set(ids).size === ids.length, () => `An id was given twice: ${ids.join(', ')}.`);
  ensure(
    ids.every((id) => id < nextId),
    () => `The next id is ${nextId}, but found ${ids.join(', ')}.`,
  );
}

function modelOf(release: Release, instance: Instance, scope: number): ProcessModel | undefined {
  return release.processes.get(instance.scopes.find(({ id }) => id === scope)?.process ?? '');
}

function checkToken(release: Release, instance: Instance, token: Token): void {
  const text = (): string => JSON.stringify(token);
  const scope = instance.scopes.find(({ id }) => id === token.scope);
  ensure(scope !== undefined, () => `Token ${text()} moves in a scope that is not open.`);
  const element = modelOf(release, instance, token.scope)?.byId.get(token.element);
  ensure(element !== undefined, () => `Token ${text()} rests at an element that is not in the model.`);
  const around = isInside(element.parent, scope) || isInLoop(release, instance, token);
  ensure(around, () => `Token ${text()} rests in scope ${JSON.stringify(scope)}, where its element does not lie.`);
  const incidents = instance.incidents.filter((incident) => incident.token === token.id);
  const failed = incidents.some(({ phase }) => phase === 'enter' || phase === 'leave');
  ensure((token.state === 'failed') === failed, () => `Token ${text()} and its incidents disagree.`);
  const joins = element.behaviour.arrive !== undefined || element.startQuantity > 1 || incidents.length > 0;
  ensure(token.state !== 'arrived' || joins, () => `Token ${text()} was never taken in.`);
}

function isInside(parent: string, { element, process, isolated, parent: outer }: Instance['scopes'][number]): boolean {
  return parent === (isolated || outer === null ? process : element);
}

/** In a loop: an iteration, in the scope of its body; or its handler, in the scope of an iteration that is undone. */
function isInLoop(release: Release, instance: Instance, { element, scope, iteration, compensates }: Token): boolean {
  const around = instance.scopes.find(({ id }) => id === scope)?.element ?? '';
  if (around === element) return iteration !== undefined || compensates !== undefined;
  const loop = modelOf(release, instance, scope)?.byId.get(around);
  return compensates !== undefined && loop?.loop !== null && loop?.compensation === element;
}

type Wait = { readonly element: string; readonly host: number };

/** A wait is its host's own, on its edge, behind its event-based gateway, or begins an event sub-process inside it. */
function isHosted(release: Release, instance: Instance, wait: Wait): boolean {
  const token = instance.tokens.find(({ id }) => id === wait.host);
  const outside = token && modelOf(release, instance, token.scope)?.byId.get(wait.element);
  if (token && outside) {
    if (outside.id === token.element || outside.attachedTo === token.element) return true;
    const gateway = modelOf(release, instance, token.scope)?.byId.get(token.element);
    if (gateway?.type === 'bpmn:EventBasedGateway' && outside.incoming.some(({ source }) => source === gateway.id))
      return true;
  }
  const scope = instance.scopes.find(({ id }) => id === wait.host);
  const model = modelOf(release, instance, wait.host);
  const start = model?.byId.get(wait.element);
  const group = start?.type === 'bpmn:StartEvent' ? model?.byId.get(start.parent) : undefined;
  return scope !== undefined && group !== undefined && isInside(group.parent, scope);
}

/** Every token knows what it waits for; a join that nothing can complete is an incident; and somebody can do something. */
function checkMoving(release: Release, instance: Instance): void {
  const resting = explain(release, instance);
  for (const one of resting) {
    ensure(one.waitsFor.length > 0, () => `Nothing is known that ${JSON.stringify(one)} waits for.`);
    ensure(!isDead(instance, one), () => `Nothing can come to the join ${JSON.stringify(one)}, and it is no incident.`);
  }
  const moving = resting.some(({ waitsFor }) => waitsFor.some(({ kind }) => kind !== 'join' && kind !== 'inside'));
  ensure(moving, () => `Everything waits for each other: ${JSON.stringify(resting)}.`);
}

/** One incident is raised for all tokens that wait at a join. */
function isDead(instance: Instance, { token, waitsFor }: Resting): boolean {
  if (!waitsFor.some((reason) => reason.kind === 'join' && reason.from.length === 0)) return false;
  const here = instance.tokens.find(({ id }) => id === token);
  const beside = instance.tokens.filter(({ element, scope }) => element === here?.element && scope === here.scope);
  return !instance.incidents.some((incident) => beside.some(({ id }) => id === incident.token));
}
