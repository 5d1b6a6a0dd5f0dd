import { Rejection } from '../../engine/index.ts';
import type { Instant } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Part } from '../db/part.ts';
import type { Runtime } from './runtime.ts';
import { Overloaded } from './submit.ts';

/** As many are tried at once as one batch takes. */
const AT_ONCE = 256;

/**
 * What came of trying one again: `resolved`, `raised` (it went on, and that led to a new incident, at the same place or
 * behind it) or `refused` (somebody was faster, or the server is too busy), and the words for it.
 */
export interface Attempt {
  incident: Part;
  result: 'resolved' | 'raised' | 'refused';
  detail: string;
}

/**
 * Tries each of these again. Their instances go on independently: what one refuses does not hold up another. Many take a
 * while, so the time of the commands is read again as they go.
 */
export async function resolveIncidents(
  { runtime, clock }: { runtime: Pick<Runtime, 'submit'>; clock: Clock },
  incidents: readonly Part[],
  actor: string,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (let first = 0; first < incidents.length; first += AT_ONCE) {
    const some = incidents.slice(first, first + AT_ONCE);
    const asked = { at: clock.now(), actor };
    attempts.push(...(await Promise.all(some.map((incident) => resolveOne(runtime, incident, asked)))));
  }
  return attempts;
}

async function resolveOne(
  runtime: Pick<Runtime, 'submit'>,
  incident: Part,
  asked: { at: Instant; actor: string },
): Promise<Attempt> {
  try {
    const command = { type: 'ResolveIncident', incident: incident.id, ...asked } as const;
    const { events } = await runtime.submit(incident.instance, command);
    for (const event of events) {
      if (event.type === 'IncidentRaised') return { incident, result: 'raised', detail: event.message };
    }
    return { incident, result: 'resolved', detail: '' };
  } catch (error) {
    if (!(error instanceof Rejection || error instanceof Overloaded)) throw error;
    return { incident, result: 'refused', detail: error.message };
  }
}
