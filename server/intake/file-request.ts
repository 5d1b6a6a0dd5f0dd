/** The one way in for requests of people and clients: a number, a secret link, a started process. */
import { createHash, createHmac } from 'node:crypto';
import type { Variables } from '../../engine/instance.ts';
import { Rejection } from '../../engine/rejection.ts';
import { forgetFingerprint, insertFiled, selectFiled } from '../db/filed-requests.ts';
import { listTickets } from '../desk/tickets.ts';
import type { NewRequest } from '../desk/new-request.ts';
import { similarity } from '../desk/search-text.ts';
import type { Ticket } from '../db/ticket.ts';
import { KeyReused } from '../process/once.ts';
import type { RequestKey } from '../process/once.ts';
import { hashSecret, newSecret } from '../people/secret.ts';
import type { Services } from '../services.ts';
import { startTicket } from './start-ticket.ts';

/** Who files, and how. */
export interface Filer {
  channel: 'portal' | 'api' | 'phone' | 'mail';
  /** Login, '' for nobody who signed in. */
  requester: string;
  requesterName: string;
  locale: 'zh' | 'en';
  /** Id of the API token, '' for none. */
  client: string;
  /** As the journal names them. */
  actor: string;
}

/** Makes filing repeatable: the same caller and key get the same ticket; with another fingerprint they are refused. */
export interface Once extends RequestKey {
  /** Known to the caller only and not stored: the secret link is derived from it, so that it can be told again. */
  seed: string;
}

/** What the requester gets. */
export interface Filed {
  number: string;
  /** Opens the request without signing in, with `number`; stored as a hash only. */
  secret: string;
}

/** Files a request: it is stored, with its process started, when this returns. @throws KeyReused */
export async function fileRequest(services: Services, request: NewRequest, filer: Filer, once?: Once): Promise<Filed> {
  const secret = once === undefined ? newSecret() : derivedSecret(once);
  const number = once === undefined ? await services.nextNumber() : await promised(services, once);
  const variables: Variables = {
    title: request.title,
    description: request.description,
    channel: filer.channel,
    requester: filer.requester,
    requesterName: filer.requesterName,
    contact: request.contact,
    locale: filer.locale,
    service: request.service,
    impact: request.impact,
    urgency: request.urgency,
    occurredAt: request.occurredAt ?? new Date(services.clock.now()).toISOString(),
    accessHash: hashSecret(secret),
    alert: null,
    client: filer.client,
  };
  await startTicket(services, number, variables, filer.actor).catch(async (error: unknown) => {
    // What was refused may be corrected and sent again with its key.
    if (error instanceof Rejection && once !== undefined) await forgetFingerprint(services.db, hashOf(once));
    throw error;
  });
  return { number, secret };
}

const derivedSecret = ({ caller, key, seed }: Once): string =>
  createHmac('sha256', seed).update(`link\0${caller}\0${key}`).digest('base64url');

/** The number for a caller's key: the first promise made for it. @throws KeyReused */
async function promised({ db, nextNumber, clock }: Services, once: Once): Promise<string> {
  const onceHash = hashOf(once);
  const fingerprint = digest(once.fingerprint);
  if ((await selectFiled(db, onceHash)) === null) {
    await insertFiled(db, onceHash, { number: await nextNumber(), fingerprint }, clock.now());
  }
  const kept = await selectFiled(db, onceHash);
  if (kept === null)
    throw new Rejection('conflict', 'Expected the request to be promised, but it was withdrawn. Try again.');
  if (kept.fingerprint !== null && kept.fingerprint !== fingerprint) throw new KeyReused(once.key);
  return kept.number;
}

const hashOf = ({ caller, key }: Once): string => digest(`${caller}\0${key}`);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const DAY = 86_400_000;
const ALIKE = 0.6;

/** Requests that the same person filed within 24 hours and that read alike, the most alike first; ended ones are left out. */
export async function findSimilar(
  services: Services,
  requester: string,
  { title, description }: Pick<NewRequest, 'title' | 'description'>,
): Promise<Ticket[]> {
  const since = services.clock.now() - DAY;
  const { tickets } = await listTickets(services, { requester, since, state: 'open' }, 'created', 100);
  return tickets
    .map((ticket) => ({
      ticket,
      alike: Math.max(
        similarity(title, ticket.title),
        similarity(`${title} ${description}`, `${ticket.title} ${ticket.description}`),
      ),
    }))
    .filter(({ alike }) => alike >= ALIKE)
    .sort((a, b) => b.alike - a.alike)
    .slice(0, 3)
    .map(({ ticket }) => ticket);
}
