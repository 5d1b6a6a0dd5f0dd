import type { Response } from 'express';
import { appendOperation } from '../../db/operations.ts';
import type { Ticket } from '../../db/ticket.ts';
import type { Services } from '../../services.ts';
import { actorOf } from '../../web/context.ts';

/** Who read which history is recorded too. */
export async function recordReading(
  found: { instance: string; ticket: Ticket | null },
  response: Response,
  services: Services,
): Promise<void> {
  const details = found.ticket ? { number: found.ticket.number } : {};
  const operation = { at: services.clock.now(), actor: actorOf(response), action: 'HistoryRead', details };
  await services.db.transaction((tx) =>
    appendOperation(tx, { ...operation, stream: 'audit', subject: found.instance }),
  );
}
