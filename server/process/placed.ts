import type { EventOf, Instance } from '../../engine/index.ts';
import type { Placed } from '../db/part.ts';

/** The tables whose rows name an element. */
export type PlacedTable = 'tasks' | 'jobs' | 'timers' | 'incidents';

/** The rows of an instance that are at other elements, or of another process, in the release that it went over to. */
export function placedBy(
  { process, moved }: EventOf<'InstanceMigrated'>,
  { id: instance, process: old, tokens, timers, incidents }: Instance,
): { table: PlacedTable; row: Placed }[] {
  const elements = new Map(moved.map(({ id, element }) => [id, element]));
  const rowsOf = (table: PlacedTable, records: readonly { id: number; element: string; row?: number }[]) =>
    records
      .filter(({ id }) => elements.has(id) || process !== old)
      .map(({ id, element, row = id }) => ({
        table,
        row: { instance, id: row, process, element: elements.get(id) ?? element },
      }));
  return [
    ...rowsOf(
      'tasks',
      tokens.filter(({ task }) => task),
    ),
    ...rowsOf(
      'jobs',
      tokens.flatMap(({ id, element, job }) => (job ? [{ id, element, row: job.id ?? id }] : [])),
    ),
    ...rowsOf('timers', timers),
    ...rowsOf('incidents', incidents),
  ];
}
