import type { NextFunction, Request, Response } from 'express';
import { Rejection } from '../../engine/rejection.ts';

/** Refuses an address with a NUL character, in path or query: no text of the database can hold one. */
export function refuseNul(request: Request, _response: Response, next: NextFunction): void {
  if (request.originalUrl.includes('%00')) {
    throw new Rejection('invalid', 'Expected an address without NUL characters, but found %00. Correct the address.');
  }
  next();
}
