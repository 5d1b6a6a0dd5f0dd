/** A desk to be talked to over HTTP: the shipped process, the sample people, a clock that the test moves. */
import type { Express } from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { createApp } from '../../server/app.ts';
import { movableClock } from '../../server/clock.ts';
import type { MovableClock } from '../../server/clock.ts';
import { compose } from '../../server/compose.ts';
import { loadConfig } from '../../server/config.ts';
import { installShipped } from '../../server/content/shipped.ts';
import type { Database } from '../../server/db/database.ts';
import { createToken } from '../../server/people/api-token.ts';
import type { TokenScope } from '../../server/people/permission.ts';
import { seedPeople } from '../../server/people/sample.ts';
import { startSession } from '../../server/people/session.ts';
import type { Services } from '../../server/services.ts';
import { MONDAY } from './play.ts';

/** A desk on a database. */
export interface Desk {
  clock: MovableClock;
  services: Services;
  app: Express;
  /** A client with a fresh token of these scopes. */
  client(
    ...scopes: TokenScope[]
  ): Promise<(method: 'get' | 'post' | 'patch' | 'delete', path: string) => supertest.Test>;
  /** A browser in which this person is signed in ('' for nobody). */
  browser(login: string): Promise<Browser>;
}

/** Pages and forms as a person uses them. */
export interface Browser {
  get(path: string): supertest.Test;
  /** Posts a form with the token of the page before. */
  post(path: string, fields: Record<string, string>): Promise<supertest.Response>;
}

/** Sets up the desk: everything is deployed, the workers do what is due when `services.runtime.settle()` is called. */
export async function openDesk(db: Database): Promise<Desk> {
  const clock = movableClock(MONDAY);
  const services = compose({ config: loadConfig({}), log: pino({ level: 'silent' }), clock, db });
  await installShipped(services);
  await seedPeople(services);
  const app = createApp(services);
  return {
    services,
    app,
    clock,
    async client(...scopes) {
      const { secret } = await createToken(services, { name: 'test', scopes, createdBy: 'admin' });
      return (method, path) => supertest(app)[method](path).set('authorization', `Bearer ${secret}`);
    },
    browser: (login) => browserOf(services, app, login),
  };
}

async function browserOf(services: Services, app: Express, login: string): Promise<Browser> {
  const agent = supertest.agent(app);
  const secret = login === '' ? '' : await startSession(services, login, 'test');
  const cookie = secret === '' ? '' : `lanework_session=${secret}`;
  const get = (path: string) => agent.get(path).set('cookie', cookie).set('accept', 'text/html');
  return {
    get,
    async post(path, fields) {
      const page = await get('/portal');
      const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      return agent
        .post(path)
        .set('cookie', cookie)
        .type('form')
        .send({ ...fields, _csrf: token });
    },
  };
}
