import type { Migrate } from '../command.ts';
import { declareData } from '../elements/scope.ts';
import { isWaiting } from '../events/host.ts';
import { arm, bring, disarm, tokenOf, type Execution } from '../execution.ts';
import { planOf, type Crossing, type MigrationProblem } from '../migration/plan.ts';
import { waitPlans, type WaitPlan } from '../migration/waits.ts';
import { Rejection } from '../rejection.ts';

/** Migrate: goes over to another release with all that is under way; refused when something has no place there. */
export function migrate(x: Execution, command: Migrate): void {
  const { release, process, reason } = command;
  if (x.instance.release === release) {
    throw new Rejection(
      'conflict',
      `Expected instance ${x.instance.id} to be in another release, but it is in ${release}.`,
    );
  }
  const { target } = x;
  if (target?.id !== release) {
    throw new Rejection(
      'not-found',
      `Expected release ${release} to be there, but it is not. Choose one that is deployed.`,
    );
  }
  const plan = planOf(x, command, target);
  if (plan.problems.length > 0) throw impossible(x, command, plan.problems);
  const waits = waitPlans(x, plan);
  const migrated = { type: 'InstanceMigrated', release, process, moved: plan.moved } as const;
  x.emit(reason === undefined ? migrated : { ...migrated, reason });
  x.adopt(target);
  for (const crossing of plan.crossings) arrive(x, crossing);
  for (const wait of waits) rewait(x, wait);
}

function impossible(x: Execution, { release, process }: Migrate, problems: readonly MigrationProblem[]): Rejection {
  const reasons = problems.map(({ element, token, reason }) =>
    token === undefined ? `"${element}": ${reason}` : `"${element}" (token ${token}): ${reason}`,
  );
  return new Rejection(
    'conflict',
    `Expected everything under way in instance ${x.instance.id} to have its place in process "${process}" of release ` +
      `${release}, but found ${reasons.join('; ')}. Say which elements these are there, or move the tokens first.`,
  );
}

/** What the new diagram changes for a token that is there now. */
function arrive(x: Execution, { token: { id }, before, after }: Crossing): void {
  const token = tokenOf(x, id);
  if (!token) return;
  const isOpen = x.instance.scopes.some((scope) => scope.id === id && !scope.isolated);
  if (isOpen && after.children && after.loop === null) declareData(x, id, after.children.declares);
  after.behaviour.migrated?.(x, token, after, before);
  const joins = [before, after].map(({ incoming, startQuantity }) =>
    JSON.stringify([startQuantity, ...incoming.map((flow) => flow.id).sort()]),
  );
  // A join that has other ways in may have all that it needs now.
  if (token.state === 'arrived' && joins[0] !== joins[1]) x.later(() => bring(x, id, after));
}

function rewait(x: Execution, { host, drop, arm: begun, needed }: WaitPlan): void {
  for (const id of drop) disarm(x, host, undefined, id);
  for (const event of begun) arm(x, host, event);
  if (needed.length === 0 || needed.some(({ id }) => isWaiting(x, host, id))) return;
  throw new Rejection(
    'conflict',
    `Expected "${needed.map(({ id }) => id).join(', ')}" to wait for something in the other release, but it does not. ` +
      'Move the token first.',
  );
}
