/** The `Idempotency-Key` of a request: who sends it again gets the first answer. */
import type { Request, Response } from 'express';
import { canonical } from '../../engine/index.ts';
import { Rejection } from '../../engine/rejection.ts';
import { answerOnce } from '../process/once.ts';
import type { Doing, Repeatable, RequestKey } from '../process/once.ts';
import type { Services } from '../services.ts';
import { actorOf } from '../web/context.ts';

/** The key that the caller gave, '' for none. @throws Rejection when it is too long */
function idempotencyKey(request: Request): string {
  const key = request.get('idempotency-key') ?? '';
  if (key.length <= 255) return key;
  throw new Rejection('invalid', `Expected an Idempotency-Key of 1 to 255 characters, but found ${key.length}.`);
}

/**
 * What makes the command of this request repeatable, to be given to `runtime.submit`, `start`, `publishMessage`,
 * `broadcastSignal` or `evaluateConditionals`; without the header, nothing does.
 * @param body what was sent, where that is not the body of the request
 * @example runtime.submit(id, command, onceOf(request))
 */
export function onceOf(request: Request, body: unknown = request.body): Repeatable {
  const key = idempotencyKey(request);
  return key === '' ? {} : { once: { caller: callerOf(request), key, fingerprint: fingerprintOf(request, body) } };
}

/** Answers with what `act` gives, or, when the request is repeated, gave. For what is no command on one instance. */
export async function answerRepeatably<T>(
  request: Request,
  response: Response,
  services: Services,
  act: (doing?: Doing<T>) => Promise<T>,
): Promise<void> {
  response.json(await answerOnce(services, onceOf(request).once, act));
}

function callerOf({ res }: Request): RequestKey['caller'] {
  if (res === undefined) throw new Error('Expected a request that is being answered, but it has no response.');
  return actorOf(res);
}

function fingerprintOf({ method, originalUrl }: Request, body: unknown): string {
  return `${method} ${originalUrl}\n${canonical(body ?? null)}`;
}
