/** How often each element was worked on, and how that ended. */
import { z } from 'zod';
import { ROOT } from '../../../engine/index.ts';
import type { ElementRecord } from '../../process/chronicle.ts';

const count = z.object({
  elementId: z.string(),
  active: z.int(),
  completed: z.int(),
  canceled: z.int(),
  incidents: z.int(),
});

/** The answer of the routes that count element instances. */
export const elementStatistics = z.object({ items: z.array(count) });

/** Counts the element instances of histories, by element, in the order in which they came to be. */
export function countElements(records: Iterable<ElementRecord>): z.output<typeof elementStatistics> {
  const counts = new Map<string, z.output<typeof count>>();
  for (const { id, element, state, incident } of records) {
    if (id === ROOT) continue;
    const found = counts.get(element) ?? { elementId: element, active: 0, completed: 0, canceled: 0, incidents: 0 };
    if (state === 'COMPLETED') found.completed += 1;
    else if (state === 'TERMINATED') found.canceled += 1;
    else if (incident === null) found.active += 1;
    else found.incidents += 1;
    counts.set(element, found);
  }
  return { items: [...counts.values()] };
}
