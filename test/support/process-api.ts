/** A client of the process API. */
import { expect } from '@jest/globals';
import type { Express } from 'express';
import supertest from 'supertest';
import { createToken } from '../../server/people/api-token.ts';
import type { Services } from '../../server/services.ts';

/** Sends requests with a token that may read and run processes, and gives the bodies of the answers. */
export interface ProcessApi {
  /** Fails unless the answer has this status (default 200). `key`: Idempotency-Key. */
  post(path: string, body?: unknown, status?: number, key?: string): Promise<Json>;
  put(path: string, body: unknown, status?: number): Promise<Json>;
  get(path: string, status?: number): Promise<Json>;
}

/** A body of an answer: what a test reads of it, it compares. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any JSON
export type Json = any;

export async function processApi({ services, app }: { services: Services; app: Express }): Promise<ProcessApi> {
  const { secret } = await createToken(services, {
    name: 'test',
    scopes: ['processes:read', 'processes:run'],
    createdBy: 'admin',
  });
  const send = async (method: 'get' | 'post' | 'put', path: string, body: unknown, status: number, key = '') => {
    const request = supertest(app)[method](`/v2${path}`).set('authorization', `Bearer ${secret}`);
    if (key !== '') void request.set('idempotency-key', key);
    const answer = await (method === 'get' ? request : request.send(body as object));
    const problem = answer.status >= 400 ? ` ${String((answer.body as { detail: string }).detail)}` : '';
    expect(`${method} ${path}: ${answer.status}${answer.status === status ? '' : problem}`).toBe(
      `${method} ${path}: ${status}`,
    );
    return answer.body;
  };
  return {
    post: (path, body = {}, status = 200, key = '') => send('post', path, body, status, key),
    put: (path, body, status = 204) => send('put', path, body, status),
    get: (path, status = 200) => send('get', path, undefined, status),
  };
}
