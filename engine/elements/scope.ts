import { isNone } from '../events/definition.ts';
import { arm, complete, createToken, tokenOf, type Execution } from '../execution.ts';
import type { Variables } from '../instance.ts';
import type { Children, Element } from '../model.ts';

/**
 * Begins the inside of an open scope: its event sub-processes begin to wait, then the start event's token runs.
 * @param start default: the none start event; of an event sub-process that is tried again, its only one
 * @param variables what the trigger of the start event brought
 */
export function startInside(
  x: Execution,
  scope: number,
  children: Children,
  start?: Element,
  variables: Variables = {},
): void {
  for (const group of children.eventSubProcesses) {
    for (const event of group.children?.starts ?? []) arm(x, scope, event);
  }
  const first = start ?? children.starts.find(isNone) ?? children.starts[0];
  if (!first) return;
  const id = createToken(x, first, scope);
  x.later(() => {
    const token = tokenOf(x, id);
    if (!token) return;
    x.emit({ type: 'ElementEntered', token: id });
    complete(x, token, variables);
  });
}
