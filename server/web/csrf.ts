/**
 * Cross-site request forgery: every form post carries a token bound to the secret of the session (or, before sign-in,
 * of the visitor cookie), which no other site can read. Requests that say who asks in a header of their own need none:
 * no other site can make a browser add it.
 */
import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { context } from './context.ts';
import { Refusal } from './refusal.ts';

function same(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Lets a request that changes something pass only with its token, in the field `_csrf` or the header `x-csrf-token`. */
export function requireCsrf(request: Request, response: Response, next: NextFunction): void {
  const { deliberate, csrf } = context(response);
  if (deliberate || request.method === 'GET' || request.method === 'HEAD') return next();
  const body: unknown = request.body;
  const field = body && typeof body === 'object' && '_csrf' in body ? body._csrf : undefined;
  const given = request.get('x-csrf-token') ?? field;
  if (typeof given !== 'string' || !same(given, csrf)) throw new Refusal(403, 'csrf');
  next();
}
