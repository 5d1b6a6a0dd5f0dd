/** `execute`: one command on one instance, to its end. Pure, synchronous and total. */
import type { Command } from './command.ts';
import { handlers } from './commands/index.ts';
import type { Event } from './event.ts';
import { copy } from './evolve.ts';
import { elementOf, tokenOf } from './execution.ts';
import type { Instance, Token } from './instance.ts';
import { checkConditions } from './events/conditional.ts';
import { Failure } from './failure.ts';
import { raiseDeadJoins } from './joins.ts';
import { Rejection } from './rejection.ts';
import type { Release } from './release.ts';
import { checkNames } from './variable-names.ts';
import { begin, type Work } from './work.ts';

export interface Outcome {
  readonly instance: Instance;
  readonly events: Event[];
}

/**
 * Executes a command.
 * @param release the resources that the instance is pinned to
 * @param instance its state; null for Start
 * @param target of Migrate: the release that it names
 * @throws Rejection when the caller asked for what cannot be done; nothing happened then
 */
export function execute(
  release: Release,
  instance: Instance | null,
  command: Command,
  target: Release | null = null,
): Outcome {
  if ('variables' in command) checkNames(command.variables);
  if (instance === null && command.type !== 'Start') {
    throw new Rejection('not-found', `Expected an instance for ${command.type}, but there is none.`);
  }
  if (instance !== null && instance.status !== 'active' && command.type !== 'AddNote') {
    throw new Rejection('conflict', `Expected instance ${instance.id} to be active, but it is ${instance.status}.`);
  }
  const work = begin(release, instance === null ? null : copy(instance), command.at, target);
  perform(work, command);
  const after = work.instance;
  after.version += 1;
  return { instance: after, events: work.events };
}

/** What fails outside of any token is the caller's: nothing happened. */
function perform(work: Work, command: Command): void {
  const handle = handlers[command.type] as (x: Work, command: Command) => void;
  try {
    handle(work, command);
    run(work);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw new Rejection('conflict', cause.message);
  }
}

/** Works the agenda off; then lets joins settle; then does what waited for rest; until nothing is left. */
function run(work: Work): void {
  for (;;) {
    if (work.checks.length > 0) checkConditions(work);
    let step = work.agenda.shift();
    // A join that fires may leave nothing to do, while another one may fire now.
    if (!step && settle(work)) continue;
    step ??= work.resting.shift();
    if (step) {
      work.steps += 1;
      step();
    } else if (work.checks.length === 0) {
      if (work.instance.status === 'active') raiseDeadJoins(work);
      return;
    }
  }
}

/** Asks the joins with waiting tokens whether they may fire; true when one did. */
function settle(work: Work): boolean {
  if (!work.instance.tokens.some(isWaiting)) return false;
  for (const { id } of work.instance.tokens.filter(isWaiting)) {
    const token = tokenOf(work, id);
    if (!token) continue;
    const element = elementOf(work, token);
    const before = work.events.length;
    element.behaviour.settle?.(work, token, element);
    if (work.events.length > before) return true;
  }
  return false;
}

/** Not yet taken in, or fired and not yet reset. */
function isWaiting(token: Token): boolean {
  return token.state === 'arrived' || token.awaiting !== undefined;
}
