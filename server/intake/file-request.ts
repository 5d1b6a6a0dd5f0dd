/** The one way in for requests of people and clients: a number, a secret link, a started process. */
import { createHash, createHmac } from 'node:crypto';
import type { Variables } from '../../engine/instance.ts';
import { Rejection } from '../../engine/rejection.ts';
import { bindFingerprint, forgetFingerprint, insertFiled, selectFiled } from '../db/filed-requests.ts';
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
  const { number, bound } = await numberFor(services, once);
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
    // What was refused at the first time may be corrected and sent again with its key.
    if (error instanceof Rejection && bound !== null) await forgetFingerprint(services.db, bound);
    throw error;
  });
  return { number, secret };
}

const derivedSecret = ({ caller, key, seed }: Once): string =>
  createHmac('sha256', seed).update(`link\0${caller}\0${key}`).digest('base64url');

/** `bound`: the hash of the key, when this request is the first that comes with it; else null. */
interface Promised {
  number: string;
  bound: string | null;
}

/** The number for a caller's key: the first promise made for it; without a key a new one. @throws KeyReused */
async function numberFor({ db, nextNumber, clock }: Services, once: Once | undefined): Promise<Promised> {
  if (once === undefined) return { number: await nextNumber(), bound: null };
  const hash = digest(`${once.caller}\0${once.key}`);
  const fingerprint = digest(once.fingerprint);
  const isNew =
    (await selectFiled(db, hash)) === null &&
    (await insertFiled(db, hash, { number: await nextNumber(), fingerprint }, clock.now()));
  const isFirst = isNew || (await bindFingerprint(db, hash, fingerprint));
  const kept = await selectFiled(db, hash);
  if (kept === null)
    throw new Rejection('conflict', 'Expected the request to be promised, but it was withdrawn. Try again.');
  if (kept.fingerprint !== fingerprint) throw new KeyReused(once.key);
  return { number: kept.number, bound: isFirst ? hash : null };
}

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
