import type { Element, StartTrigger } from '../model.ts';
import type { Compiler } from './compiler.ts';

/** How instances of a process may begin: read by the server, which waits for these triggers. */
export function startTriggers(process: string, byId: ReadonlyMap<string, Element>, c: Compiler): StartTrigger[] {
  const triggers = [...byId.values()].flatMap((element) =>
    element.parent === process ? (element.behaviour.startTriggers?.(element, byId) ?? []) : [],
  );
  for (const trigger of triggers) checkName(trigger, c);
  return triggers;
}

/** What begins an instance is waited for before there are variables. */
function checkName({ element, kind, message, signal }: StartTrigger, c: Compiler): void {
  const name = message ?? signal;
  if (!name?.startsWith('=')) return;
  c.problem(
    { id: element },
    'start-name',
    `Expected the name of the ${kind} that "${element}" begins with to be fixed text, but found "${name}". ` +
      'There are no variables yet: write the name itself.',
  );
}
