import type { NextFunction, Request, Response } from 'express';
import { Rejection } from '../../engine/rejection.ts';

/**
 * Refuses a body whose connection was closed before it could be read. The parsers take such a request for one without a
 * body and hand it on, and a command would be done with nothing in it.
 */
export function refuseCutOff(request: Request, _response: Response, next: NextFunction): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if ((length !== '0' || encoding !== undefined) && !request.socket.readable) {
    throw new Rejection(
      'invalid',
      'Expected the connection to stay open until the answer, but it was closed before the body was read. Send it again.',
    );
  }
  next();
}
