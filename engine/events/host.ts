import { ownScope, tokenOf, type Execution } from '../execution.ts';
import { ROOT } from '../instance.ts';

/** The scope whose variables a wait's expressions read: the host's own, else the one it moves in. */
export function hostScope(x: Execution, host: number): number {
  const token = tokenOf(x, host);
  return token ? ownScope(x, token) : ROOT;
}
