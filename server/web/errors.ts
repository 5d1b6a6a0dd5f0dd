/** The last middlewares: what is not there, and what went wrong, said in the reader's language. */
import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ZodError } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import type { RejectionCode } from '../../engine/rejection.ts';
import { isUnavailable } from '../db/sqlstate.ts';
import { KeyReused } from '../process/once.ts';
import { Overloaded } from '../process/submit.ts';
import type { Services } from '../services.ts';
import { ATTEMPTS_WINDOW } from './attempts.ts';
import { isApi } from './context.ts';
import type { Context } from './context.ts';
import { Refusal } from './refusal.ts';

/** Which texts (`error:KIND.title`, `.what`, `.next`) tell the reader, and with which HTTP status. */
interface Trouble {
  status: number;
  kind: string;
  /** The sentence of a rejection: what was expected and what was found. */
  detail?: string;
  /** Of a refusal, the same for programs; people are told in their own language. */
  said?: string;
}

const statusOf: Record<RejectionCode, number> = { 'not-found': 404, conflict: 409, invalid: 400, forbidden: 403 };

/** Errors of libraries and of the runtime that carry their own HTTP status. */
function statusIn(error: unknown): number | undefined {
  const status = error && typeof error === 'object' && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined;
}

/** What express says of a body that is no JSON. */
function isCutJson(error: unknown): error is Error {
  return error instanceof Error && 'type' in error && error.type === 'entity.parse.failed';
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof Rejection) return { status: statusOf[error.code], kind: error.code, detail: error.message };
  if (error instanceof Refusal) {
    const said = error.message === error.reason ? {} : { said: error.message };
    return { status: error.status, kind: error.reason, ...said };
  }
  if (error instanceof KeyReused) return { status: 422, kind: 'key-reused', detail: error.message };
  if (error instanceof Overloaded) return { status: 503, kind: 'overload' };
  if (isUnavailable(error)) return { status: 503, kind: 'unavailable' };
  if (error instanceof ZodError) {
    const found = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return { status: 400, kind: 'invalid', detail: found.join('; ') };
  }
  if (isCutJson(error)) {
    const detail = `Expected a body of JSON, but found what cannot be read (${error.message}). Correct it.`;
    return { status: 400, kind: 'invalid', detail };
  }
  const status = statusIn(error);
  if (status === 503) return { status, kind: 'overload' };
  if (status === 413) return { status, kind: 'too-large' };
  if (status && status < 500) return { status, kind: 'invalid', detail: String((error as Error).message) };
  return { status: 500, kind: 'bug' };
}

/** Ends the chain: no route took the request. */
export const missing: RequestHandler = (request) => {
  const found = `Expected the address of a route, but found ${request.method} ${request.path}. See /api/docs.`;
  throw new Refusal(404, 'missing', found);
};

/** The titles of problems in the process API: the names that its clients know. */
function titleOf({ status, kind }: Trouble): string {
  if (kind === 'invalid') return 'INVALID_ARGUMENT';
  if (kind === 'conflict') return 'INVALID_STATE';
  if (status === 503 || status === 429) return 'RESOURCE_EXHAUSTED';
  if (status === 504) return 'DEADLINE_EXCEEDED';
  if (status === 404) return 'NOT_FOUND';
  if (status === 401) return 'UNAUTHORIZED';
  if (status === 403) return 'FORBIDDEN';
  return status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL_ERROR';
}

function answerApi(request: Request, response: Response, trouble: Trouble, reference: string): void {
  const { status, kind, detail, said } = trouble;
  const { t } = response.locals as Context;
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: request.path.startsWith('/v2') ? titleOf(trouble) : t(`error:${kind}.title`),
        status,
        code: kind,
        detail: detail ?? said ?? t(`error:${kind}.what`),
        instance: request.path,
        ...(status >= 500 ? { reference } : {}),
      }),
    );
}

/** Express recognises an error handler by its four parameters. */
export function answerErrors(services: Services) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    const trouble = troubleOf(error);
    const reference = randomBytes(4).toString('hex');
    if (trouble.status >= 500) {
      services.log.error({ err: error, reference, method: request.method, path: request.path }, 'request failed');
    }
    if (response.headersSent) return next(error);
    if (trouble.status === 401 && isApi(request)) response.setHeader('WWW-Authenticate', 'Bearer');
    if (trouble.status === 503) response.setHeader('Retry-After', '5');
    if (trouble.status === 429 && !response.hasHeader('Retry-After'))
      response.setHeader('Retry-After', String(ATTEMPTS_WINDOW));
    response.setHeader('Cache-Control', 'no-store');
    if (isApi(request)) return answerApi(request, response, trouble, reference);
    const { t } = response.locals as Context;
    const kind = trouble.kind === 'unavailable' && request.method === 'GET' ? 'unavailable-page' : trouble.kind;
    const shown = {
      ...trouble,
      kind,
      layout: 'plain',
      title: t(`error:${kind}.title`),
      reference: trouble.status >= 500 ? reference : null,
    };
    response.status(trouble.status).render('error', shown, (failure: Error | null, html?: string) => {
      if (!failure) return void response.send(html);
      services.log.error({ err: failure, reference }, 'error page failed');
      response.type('text/plain').send(`Error ${trouble.status}. Reference ${reference}.`);
    });
  };
}
