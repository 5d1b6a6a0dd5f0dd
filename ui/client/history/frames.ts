/** A recorded case as a film: the state after every step, folded by the engine's own `evolveAll`. */
import { evolveAll } from '../../../engine/index.ts';
import type { Event, Instance } from '../../../engine/index.ts';

/** A row of the journal, as the server sends it. */
export interface Row {
  seq: number;
  at: number;
  events: Event[];
}

export interface Frame {
  seq: number;
  /** ms since the epoch, UTC. */
  at: number;
  /** After the step. */
  instance: Instance;
  /** Ids of the flows taken and elements entered in this step, by process. */
  moved: Map<string, string[]>;
}

export function framesOf(rows: readonly Row[]): Frame[] {
  let instance: Instance | null = null;
  return rows.map((row) => {
    const moved = new Map<string, string[]>();
    instance = evolveAll(instance, row.events, (event, before) => {
      const trace = before && traceOf(event, before);
      if (!trace) return;
      const ids = moved.get(trace.process);
      if (ids) ids.push(...trace.ids);
      else moved.set(trace.process, trace.ids);
    });
    if (!instance) throw new Error(`Expected row ${row.seq} to hold events, but it holds none.`);
    return { seq: row.seq, at: row.at, instance, moved };
  });
}

/** Where a token moved. A token's element is known from the moment it comes into being. */
function traceOf(event: Event, instance: Instance): { process: string; ids: string[] } | null {
  if (event.type === 'FlowTaken') return { process: processOf(instance, event.scope), ids: [event.flow] };
  if (event.type !== 'ElementEntered') return null;
  const token = instance.tokens.find((other) => other.id === event.token);
  return token ? { process: processOf(instance, token.scope), ids: [token.element] } : null;
}

/** The process whose diagram shows this scope. */
export function processOf(instance: Instance, scope: number): string {
  return instance.scopes.find((other) => other.id === scope)?.process ?? instance.process;
}

/** Everything that was passed up to this frame, by process. */
export function passed(frames: readonly Frame[], until: number, process: string): Set<string> {
  return new Set(frames.slice(0, until + 1).flatMap((frame) => frame.moved.get(process) ?? []));
}
