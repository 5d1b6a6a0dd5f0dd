import { depart, disarm, type Execution } from '../execution.ts';
import { isWaiting } from '../events/host.ts';
import type { Token } from '../instance.ts';
import type { Element } from '../model.ts';

/** What an event-based gateway compiles to. */
export interface RaceSpec {
  /** Whether its events begin instances. */
  readonly instantiate: boolean;
  /** Whether all of them are to come. */
  readonly parallel: boolean;
}

/** An event behind the gateway came. The gateway is done and gives up the others; the parallel kind when all have come. */
export function decide(x: Execution, token: Token, gateway: Element<RaceSpec>, event: Element): void {
  if (gateway.spec.parallel) {
    disarm(x, token.id, [event.id]);
    if (isWaiting(x, token.id)) return;
  }
  depart(x, token, []);
}
