import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import type { Database } from '../../../server/db/database.ts';
import { permissionsOf, roles, scopes } from '../../../server/people/permission.ts';
import { openMemory } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';
import { mountedOn } from '../../support/mounted.ts';
import type { Mounted } from '../../support/mounted.ts';

describe('every route', () => {
  let db: Database;
  let desk: Desk;
  let mounted: Mounted[];

  beforeAll(async () => {
    db = await openMemory();
    desk = await openDesk(db);
    mounted = mountedOn(desk.app);
  }, 180_000);

  afterAll(() => db.close());

  /** An address of the route with something in the place of each parameter. */
  const address = ({ path }: Mounted): string => path.replaceAll(/:\w+/g, '1');

  it('has its permission in front', () => {
    expect(mounted.length).toBeGreaterThan(30);
    const known = new Set<string>(roles.flatMap((role) => [...permissionsOf([role])]));
    for (const scope of scopes) known.add(scope);
    expect(mounted.filter(({ permission }) => permission === undefined || !known.has(permission))).toEqual([]);
  });

  it('turns away who is not signed in, unless it is public', async () => {
    for (const route of mounted.filter(({ permission }) => permission !== 'public')) {
      // From another machine: the figures of the server are open to this one.
      const answer = await supertest(desk.app)[route.method](address(route)).set('x-forwarded-for', '203.0.113.9');
      const signIn = answer.status === 303 && (answer.headers['location'] ?? '').startsWith('/sign-in?to=');
      expect(`${route.method} ${route.path}: ${signIn || answer.status === 401 ? 'refused' : answer.status}`).toBe(
        `${route.method} ${route.path}: refused`,
      );
    }
  });

  it('turns away who has not the permission', async () => {
    const rita = await desk.browser('rita');
    const held = permissionsOf(['requester']) as Set<string>;
    for (const route of mounted.filter(({ permission = '', method }) => !held.has(permission) && method === 'get')) {
      expect(`${route.path}: ${(await rita.get(address(route)).set('x-forwarded-for', '203.0.113.9')).status}`).toBe(
        `${route.path}: 403`,
      );
    }
  });

  it('turns away a requester who posts with a valid token', async () => {
    const rita = await desk.browser('rita');
    const held = permissionsOf(['requester']) as Set<string>;
    const closed = mounted.filter(({ permission = '', method }) => !held.has(permission) && method === 'post');
    expect(closed.map(({ path }) => path)).toContain('/tasks/:key/complete');
    for (const route of closed) {
      const answer = await rita.post(address(route), {});
      // Not the refusal of a bad token: that one comes with the same status.
      expect(`${route.path}: ${answer.status} ${/too old/.test(answer.text)}`).toBe(`${route.path}: 403 false`);
    }
  });

  it('takes no form without the token of the page', async () => {
    const admin = await desk.browser('admin');
    const cookie = (await admin.get('/inbox')).request.get('cookie');
    for (const route of mounted.filter(
      ({ method, permission = '' }) => method !== 'get' && !/^(intake|processes):/.test(permission),
    )) {
      const answer = await supertest(desk.app)[route.method](address(route)).set('cookie', cookie).send({});
      expect(`${route.path}: ${answer.status}`).toBe(`${route.path}: 403`);
    }
  });
});
