import type { ActivateElements } from '../command.ts';
import { elementOf, isBeingLeft, tokenOf, type Execution } from '../execution.ts';
import { Rejection } from '../rejection.ts';
import { gone } from './common.ts';

/** ActivateElements: begins elements of an ad-hoc sub-process that nothing leads to, as often as somebody asks. */
export function activateElements(x: Execution, command: ActivateElements): void {
  const host = tokenOf(x, command.scope);
  const element = host?.state === 'active' && !isBeingLeft(host) ? elementOf(x, host) : undefined;
  const choices = element?.behaviour.choices?.(element);
  if (!host || !element || !choices) throw gone(x, `ad-hoc sub-process ${command.scope} to be active`);
  const chosen = command.elements.map((id) => {
    const found = choices.find((other) => other.id === id);
    if (found) return found;
    const known = choices.map((other) => other.id).join(', ');
    throw new Rejection('invalid', `Expected elements to begin out of ${known || 'none'}, but found "${id}".`);
  });
  element.behaviour.activate?.(x, host, element, chosen);
}
