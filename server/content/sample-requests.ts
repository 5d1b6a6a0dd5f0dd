/** Sample requests: filed as if over the last hours, so that their clocks are at different places. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { movableClock } from '../clock.ts';
import { compose } from '../compose.ts';
import { countTickets } from '../db/tickets.ts';
import { newRequest } from '../desk/new-request.ts';
import { fileRequest } from '../intake/file-request.ts';
import { newSecret } from '../people/secret.ts';
import type { Services } from '../services.ts';

const FILE = join(import.meta.dirname, '..', '..', 'processes', 'support-request', 'sample', 'requests.json');

const sample = newRequest.extend({
  channel: z.enum(['portal', 'api', 'phone', 'mail']),
  requester: z.string(),
  requesterName: z.string(),
  locale: z.enum(['zh', 'en']),
  minutesAgo: z.number().nonnegative(),
});

/**
 * Files the sample requests when there is no ticket yet, each once, also when several processes do it at the same time. The
 * clock of their time stands beside the real one.
 */
export async function seedRequests(services: Services): Promise<void> {
  if ((await countTickets(services.db, {}, 1)) > 0) return;
  const requests = z.array(sample).parse(JSON.parse(await readFile(FILE, 'utf8')));
  const now = services.clock.now();
  const clock = movableClock(now);
  const past = { ...compose({ ...services, clock }), nextNumber: services.nextNumber };
  const seed = newSecret();
  for (const [index, { minutesAgo, ...request }] of requests.sort((a, b) => b.minutesAgo - a.minutesAgo).entries()) {
    clock.set(now - minutesAgo * 60_000);
    await past.runtime.settle();
    const { channel, requester, requesterName, locale } = request;
    const actor = requester === '' ? 'system' : `user:${requester}`;
    const filer = { channel, requester, requesterName, locale, client: '', actor };
    await fileRequest(past, request, filer, { caller: 'sample', key: String(index), fingerprint: '', seed });
    await past.runtime.settle();
  }
  clock.set(now);
  await past.runtime.settle();
  await past.runtime.stop();
}
