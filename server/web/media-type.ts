/** A body of another kind than the route reads would be passed over, so it is refused. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Route } from '../routes/route.ts';
import { Refusal } from './refusal.ts';

const JSON_TYPES = ['application/json', 'application/*+json'];

/** For routes of the API: JSON, unless the route says otherwise. @throws Refusal 415 */
export function requireMediaType({ document }: Route): RequestHandler {
  const form = document?.body === undefined || document.body instanceof z.ZodType ? null : document.body.type;
  return (request: Request, _response: Response, next: NextFunction): void => {
    const { 'content-type': found = 'none' } = request.headers;
    const fits = form === null && /^application\/json(;|$)/.test(found);
    if (fits || !hasBody(request) || request.is(form ?? JSON_TYPES) !== false) return next();
    const expected = form ?? 'application/json';
    throw new Refusal(415, 'media-type', `Expected a body with the Content-Type ${expected}, but found ${found}.`);
  };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
