/** A case by the number of its ticket or the key of its instance, as it is now. */
import { Rejection } from '../../engine/rejection.ts';
import type { Instance } from '../../engine/instance.ts';
import type { Release } from '../../engine/release.ts';
import { isKey } from '../db/key.ts';
import type { Ticket } from '../db/ticket.ts';
import type { Services } from '../services.ts';
import { findTicket } from './tickets.ts';

/** A process instance and what it is pinned to. */
export interface Case {
  instance: Instance;
  release: Release;
  /** Of a support request. */
  ticket: Ticket | null;
}

/** @throws Rejection not-found without a ticket of this number or an instance of this key */
export async function findCase(services: Services, id: string): Promise<Case> {
  const ticket = isKey(id) ? null : await findTicket(services, id);
  const instance = await services.runtime.instance(ticket?.instanceId ?? id);
  if (instance === null) throw new Rejection('not-found', `Expected a case with the key ${id}, but found none.`);
  const release = await services.runtime.release(instance.release);
  if (!release)
    throw new Error(`Expected release ${instance.release} of instance ${instance.id}, but it is not there.`);
  return { instance, release, ticket };
}
