/** A body of another kind than the route reads would be passed over, so it is refused. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Route } from '../routes/route.ts';
import { JSON_TYPES } from './body.ts';
import { Refusal } from './refusal.ts';

/** For routes of the API: JSON, unless the route says otherwise. @throws Refusal 415 */
export function requireMediaType({ document }: Route): RequestHandler {
  const form = document?.body === undefined || document.body instanceof z.ZodType ? null : document.body.type;
  const wanted = `${document?.body === undefined ? 'no body, or one' : 'a body'} with the Content-Type ${form ?? JSON_TYPES[0]}`;
  return (request: Request, _response: Response, next: NextFunction): unknown => {
    const { 'content-type': found = 'none' } = request.headers;
    // As most do; asked in full it takes some us.
    if (form === null && found === JSON_TYPES[0]) return next();
    if (request.is(form === null ? [...JSON_TYPES] : form) !== false) return next();
    const refusal = new Refusal(415, 'media-type', `Expected ${wanted}, but found ${found}.`);
    return hasBody(request).then((has) => next(has ? refusal : undefined), next);
  };
}

/** Whoever says of which kind it is has one, unless it has no length; else the first byte is waited for. */
async function hasBody(request: Request): Promise<boolean> {
  const { 'transfer-encoding': coding, 'content-length': length, 'content-type': type } = request.headers;
  if (coding === undefined) return Number(length ?? 0) > 0;
  if (type !== undefined) return true;
  return new Promise((resolve) => {
    request.once('data', () => resolve(true));
    request.once('end', () => resolve(false));
  });
}
