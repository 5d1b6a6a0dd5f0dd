/** The `Idempotency-Key` of a request: who sends it again gets the first answer. */
import type { Request } from 'express';
import { canonical } from '../../engine/index.ts';
import { Rejection } from '../../engine/rejection.ts';
import type { Repeatable, RequestKey } from '../process/once.ts';
import { actorOf } from '../web/context.ts';

/** The key that the caller gave, '' for none. @throws Rejection when it is too long */
export function idempotencyKey(request: Request): string {
  const key = request.get('idempotency-key') ?? '';
  if (key.length <= 255) return key;
  throw new Rejection('invalid', `Expected an Idempotency-Key of 1 to 255 characters, but found ${key.length}.`);
}

/**
 * What makes the command of this request repeatable, to be given to `runtime.submit`, `start`, `publishMessage`,
 * `broadcastSignal` or `evaluateConditionals`; without the header, nothing does.
 * @example runtime.submit(id, command, onceOf(request))
 */
export function onceOf(request: Request): Repeatable {
  const key = idempotencyKey(request);
  return key === '' ? {} : { once: { caller: callerOf(request), key, fingerprint: fingerprintOf(request) } };
}

function callerOf({ res }: Request): RequestKey['caller'] {
  if (res === undefined) throw new Error('Expected a request that is being answered, but it has no response.');
  return actorOf(res);
}

function fingerprintOf({ method, originalUrl, body }: Request): string {
  return `${method} ${originalUrl}\n${canonical(body ?? null)}`;
}
