/** A desk to be talked to over HTTP: the shipped process, the sample people, a clock that the test moves. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Express } from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { createApp } from '../../server/app.ts';
import { loadConfig } from '../../server/config.ts';
import type { Database } from '../../server/db/database.ts';
import { storeTickets } from '../../server/desk/store-tickets.ts';
import { notify } from '../../server/jobs/notify.ts';
import { createToken } from '../../server/people/api-token.ts';
import type { TokenScope } from '../../server/people/permission.ts';
import { seedPeople } from '../../server/people/sample.ts';
import { startSession } from '../../server/people/session.ts';
import type { DeployedFile } from '../../server/process/compile.ts';
import type { Services } from '../../server/services.ts';
import { stage } from './runtime.ts';
import type { Stage } from './runtime.ts';

const FOLDER = new URL('../../processes/support-request/', import.meta.url);

/** The files of the shipped support request. */
export function supportFiles(): DeployedFile[] {
  const names = ['.', 'forms'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, FOLDER)).map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  );
  const resources = names.filter((name) => /\.(bpmn|dmn|form)$/.test(name));
  return resources.map((name) => ({ name, content: readFileSync(new URL(name, FOLDER), 'utf8') }));
}

/** A desk on a database. */
export interface Desk extends Pick<Stage, 'clock'> {
  services: Services;
  app: Express;
  /** A client with a fresh token of this scope. */
  client(scope: TokenScope): Promise<(method: 'get' | 'post', path: string) => supertest.Test>;
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
  const { runtime, clock } = stage(db, { handlers: [notify] });
  runtime.registerProjection(storeTickets);
  const { problems } = await runtime.deploy(supportFiles(), { actor: 'user:olga' });
  expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  const services: Services = { config: loadConfig({}), log: pino({ level: 'silent' }), clock, db, runtime };
  await seedPeople(services);
  const app = createApp(services);
  return {
    services,
    app,
    clock,
    async client(scope) {
      const { secret } = await createToken(services, { name: 'test', scopes: [scope], createdBy: 'admin' });
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
