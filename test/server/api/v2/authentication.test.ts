import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import type { Database } from '../../../../server/db/database.ts';
import { createToken, revokeToken } from '../../../../server/people/api-token.ts';
import { samplePassword } from '../../../../server/people/sample.ts';
import { changeUser, setPassword } from '../../../../server/people/user.ts';
import { openMemory } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';

let db: Database;
let desk: Desk;

beforeAll(async () => {
  db = await openMemory();
  desk = await openDesk(db);
}, 180_000);

afterAll(() => db.close());

const me = (authorization: string) =>
  supertest(desk.app).get('/v2/authentication/me').set('authorization', authorization);
const basic = (login: string, password = samplePassword) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));

describe('a client of the process API', () => {
  it('is refused without saying who it is, and told how to say it', async () => {
    const answer = await supertest(desk.app).post('/v2/process-definitions/search').send({});
    expect([answer.status, answer.type]).toEqual([401, 'application/problem+json']);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'UNAUTHORIZED',
      status: 401,
      code: 'signed-out',
      detail: 'Expected an API token, or login and password, in the header Authorization, but found neither.',
      instance: '/v2/process-definitions/search',
    });
  });

  it('may do what the scopes of its token say, and is told which one it lacks', async () => {
    const client = await desk.client('processes:read');
    expect((await client('post', '/v2/process-definitions/search')).status).toBe(200);
    const answer = await client('post', '/v2/deployments');
    expect([answer.status, answer.body.title]).toEqual([403, 'FORBIDDEN']);
    expect(answer.body.detail).toBe(
      'Expected the permission models:deploy, but it is not held. It is held by accounts with the role ' +
        'process-owner or administrator, and by API tokens with the scope models:deploy.',
    );
    const { body } = await client('get', '/v2/authentication/me');
    expect(body).toMatchObject({
      displayName: 'test',
      roles: ['processes:read'],
      tenants: [{ tenantId: '<default>' }],
    });
  });

  it('is refused within a second of the revocation of its token', async () => {
    const { token, secret } = await createToken(desk.services, {
      name: 'x',
      scopes: ['processes:read'],
      createdBy: '',
    });
    expect((await me(`Bearer ${secret}`)).status).toBe(200);
    await revokeToken(desk.services, token.id);
    await aSecond();
    expect((await me(`Bearer ${secret}`)).body).toMatchObject({ status: 401, code: 'token' });
  });
});

describe('a person with login and password', () => {
  it('may do in the API what their roles permit', async () => {
    const { body } = await me(basic('olga'));
    expect(body).toMatchObject({ username: 'olga', displayName: 'Olga (sample)', roles: ['process-owner'] });
    const search = (login: string) =>
      supertest(desk.app).post('/v2/process-definitions/search').set('authorization', basic(login)).send({});
    expect([(await search('olga')).status, (await search('rita')).status]).toEqual([200, 403]);
  });

  it('uses the pages with a session only', async () => {
    const page = await supertest(desk.app).get('/inbox').set('authorization', basic('anna'));
    expect([page.status, page.headers['location']]).toEqual([303, '/sign-in?to=%2Finbox']);
  });

  it('is refused with another password, another login, or something that is neither', async () => {
    for (const wrong of [basic('olga', 'wrong'), basic('nobody'), basic('a\0b'), 'Basic x', basic('olga', '')]) {
      expect((await me(wrong)).body).toMatchObject({ status: 401, code: 'credentials', title: 'UNAUTHORIZED' });
    }
  });

  it('is refused within a second of a change of the password, or when the account is disabled', async () => {
    expect((await me(basic('dana'))).status).toBe(200);
    await setPassword(desk.services, 'dana', 'another-password');
    await aSecond();
    expect((await me(basic('dana'))).status).toBe(401);
    expect((await me(basic('dana', 'another-password'))).status).toBe(200);
    await changeUser(desk.services, 'dana', { disabled: true });
    await aSecond();
    expect((await me(basic('dana', 'another-password'))).status).toBe(401);
  });

  it('is checked once, not with every request', async () => {
    await me(basic('audrey'));
    const began = process.cpuUsage();
    for (let round = 0; round < 20; round += 1) expect((await me(basic('audrey'))).status).toBe(200);
    // One derivation of a key alone takes some 60 ms of this process.
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(20 * 40);
  });

  it('has ten wrong passwords in a quarter of an hour; right ones do not count', async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      statuses.push((await me(basic('niko', `wrong ${round}`))).status);
      if (round === 4) statuses.push((await me(basic('niko'))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 200, 401, 401, 401, 401, 401]);
    const refused = await me(basic('niko', 'wrong again'));
    expect(refused.body).toMatchObject({ status: 429, title: 'RESOURCE_EXHAUSTED' });
    expect(refused.headers['retry-after']).toBe('900');
  }, 180_000);

  it('is not taken for somebody who guesses while the database cannot say', async () => {
    const visitor = await desk.browser('');
    const sign = () => visitor.post('/sign-in', { login: 'rita', password: samplePassword });
    await db.run('alter table users rename to users_away');
    try {
      for (let round = 0; round < 11; round += 1) {
        expect([(await me(basic('rita'))).status, (await sign()).status]).toEqual([500, 500]);
      }
    } finally {
      await db.run('alter table users_away rename to users');
    }
    expect([(await me(basic('rita'))).status, (await sign()).status]).toEqual([200, 303]);
  }, 60_000);

  it('needs no token of a page, unless another site makes the browser ask', async () => {
    const search = (headers: Record<string, string>) =>
      supertest(desk.app)
        .post('/v2/process-definitions/search')
        .set({ authorization: basic('olga'), ...headers })
        .send({});
    const statuses = [
      await search({}),
      await search({ 'sec-fetch-site': 'same-origin', cookie: 'a=b' }),
      await search({ 'sec-fetch-site': 'cross-site' }),
      await search({ cookie: 'a=b' }),
    ].map(({ status, body }) => [status, body.code]);
    expect(statuses).toEqual([
      [200, undefined],
      [200, undefined],
      [403, 'csrf'],
      [403, 'csrf'],
    ]);
  });
});

describe('the cluster', () => {
  it('tells what clients ask at start', async () => {
    const client = await desk.client('processes:run');
    const topology = await client('get', '/v2/topology');
    expect(topology.body).toMatchObject({
      clusterSize: 1,
      brokers: [{ nodeId: 0, partitions: [{ partitionId: 1, role: 'leader', health: 'healthy' }] }],
    });
    expect((await supertest(desk.app).get('/v2/license')).body).toMatchObject({ validLicense: true });
    expect((await supertest(desk.app).get('/v2/status')).status).toBe(204);
    const nothing = await client('get', '/v2/nothing');
    expect([nothing.status, nothing.type, nothing.body.title]).toEqual([404, 'application/problem+json', 'NOT_FOUND']);
  });
});
