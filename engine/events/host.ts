import { ownScope, tokenOf, type Execution } from '../execution.ts';
import { ROOT } from '../instance.ts';

/** The scope whose variables a wait's expressions read: the host's own, else the one it moves in. */
export function hostScope(x: Execution, host: number): number {
  const token = tokenOf(x, host);
  return token ? ownScope(x, token) : ROOT;
}

/** Whether something is still waited for on behalf of `host`, by any element or by this one. */
export function isWaiting({ instance }: Execution, host: number, element?: string): boolean {
  const waits = [instance.timers, instance.messages, instance.signals, instance.conditions ?? []];
  return waits.some((list) =>
    list.some((wait) => wait.host === host && (element === undefined || wait.element === element)),
  );
}
