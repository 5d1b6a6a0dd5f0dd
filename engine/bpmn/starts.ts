import type { EventSpec } from '../events/definition.ts';
import type { Children, StartTrigger } from '../model.ts';

/** How instances of a process may begin: read by the server, which waits for the triggers of start events. */
export function startTriggers(root: Children): StartTrigger[] {
  return root.starts.flatMap((start): StartTrigger[] => {
    const { definitions } = start.spec as EventSpec;
    if (definitions.length === 0) return [{ element: start.id, kind: 'none' }];
    return definitions.flatMap(({ definition, data }, index) => {
      const trigger = definition.startTrigger?.(data);
      if (!trigger) return [];
      const named = { element: start.id, ...trigger };
      return [definitions.length === 1 ? named : { ...named, definition: index }];
    });
  });
}
