import { beforeEach, describe, expect, it } from '@jest/globals';
import { movableClock } from '../../../server/clock.ts';
import type { MovableClock } from '../../../server/clock.ts';
import type { Database } from '../../../server/db/database.ts';
import { createToken, openToken, revokeToken } from '../../../server/people/api-token.ts';
import { listGroups, saveGroup } from '../../../server/people/group.ts';
import { permissionsOf, roles } from '../../../server/people/permission.ts';
import { listSessions, openSession, revokeSession, sessionLife, startSession } from '../../../server/people/session.ts';
import {
  authenticate,
  changeUser,
  createUser,
  findUser,
  hasNoUsers,
  setPassword,
} from '../../../server/people/user.ts';
import { describeDatabase } from '../../support/database.ts';

const password = 'long enough 1';

describeDatabase('people', (open) => {
  let services: { db: Database; clock: MovableClock };
  let counter = 0;

  const someone = (change: object = {}) =>
    createUser(services, { login: `p${counter++}`, name: 'Somebody', ...change }, password);

  beforeEach(async () => {
    services ??= { db: await open(), clock: movableClock(1_790_000_000_000) };
  });

  it('are none at first', async () => {
    expect(await hasNoUsers(services)).toBe(true);
    await someone();
    expect(await hasNoUsers(services)).toBe(false);
  });

  it('sign in with their login in any case, and not with another password', async () => {
    const { login } = await someone({ groups: ['dba'], roles: ['agent'] });
    expect(await authenticate(services, ` ${login.toUpperCase()} `, password)).toEqual(await findUser(services, login));
    expect(await authenticate(services, login, 'wrong password')).toBeNull();
    expect(await authenticate(services, 'nobody-here', password)).toBeNull();
  });

  it('cannot have a login that is taken or malformed, nor a short password', async () => {
    const { login } = await someone();
    await expect(createUser(services, { login, name: 'x' }, password)).rejects.toThrow('Expected a new login');
    await expect(createUser(services, { login: 'A B', name: 'x' }, password)).rejects.toThrow('lower-case letters');
    await expect(createUser(services, { login: 'fine', name: 'x' }, 'short')).rejects.toThrow('at least 10 characters');
  });

  it('lose their sessions when they are disabled, and cannot sign in any more', async () => {
    const { login } = await someone();
    const secret = await startSession(services, login, 'a browser');
    expect((await openSession(services, secret))?.user.login).toBe(login);
    await changeUser(services, login, { disabled: true });
    expect(await openSession(services, secret)).toBeNull();
    expect(await authenticate(services, login, password)).toBeNull();
  });

  it('keep only the session in which they change the password', async () => {
    const { login } = await someone();
    const [here, there] = [await startSession(services, login, 'here'), await startSession(services, login, 'there')];
    const kept = await openSession(services, here);
    await setPassword(services, login, 'another long one', kept?.id);
    expect(await openSession(services, here)).not.toBeNull();
    expect(await openSession(services, there)).toBeNull();
  });

  it('see their sessions and end one, but not one of somebody else', async () => {
    const [one, other] = [await someone(), await someone()];
    const secret = await startSession(services, one.login, 'Firefox');
    const [session] = await listSessions(services, one.login);
    expect(session?.userAgent).toBe('Firefox');
    await revokeSession(services, other.login, session?.id ?? '');
    expect(await openSession(services, secret)).not.toBeNull();
    await revokeSession(services, one.login, session?.id ?? '');
    expect(await openSession(services, secret)).toBeNull();
  });

  it('are signed out after a fortnight', async () => {
    const { login } = await someone();
    const secret = await startSession(services, login, '');
    services.clock.advance(sessionLife - 1);
    expect(await openSession(services, secret)).not.toBeNull();
    services.clock.advance(1);
    expect(await openSession(services, secret)).toBeNull();
  });

  it('leave no secret in the database', async () => {
    const { login } = await someone();
    const session = await startSession(services, login, '');
    const { secret } = await createToken(services, { name: 't', scopes: ['intake:alerts'], createdBy: login });
    const rows = await services.db.query<{ row: string }>(
      'select s::text as row from sessions s union all select t::text from api_tokens t union all select u::text from users u',
    );
    const everything = rows.map(({ row }) => row).join();
    for (const one of [session, secret, password]) expect(everything).not.toContain(one);
  });

  it('are members of groups, unless they are disabled', async () => {
    await saveGroup(services, { id: 'night-shift', name: 'Night shift', nameZh: '夜班', tier: 'L1' });
    const { login } = await someone({ groups: ['night-shift'] });
    const members = async () => (await listGroups(services)).find(({ id }) => id === 'night-shift')?.members;
    expect(await members()).toEqual([login]);
    await changeUser(services, login, { disabled: true });
    expect(await members()).toEqual([]);
  });

  it('give machines tokens that open until they are revoked', async () => {
    const { token, secret } = await createToken(services, {
      name: 'x',
      scopes: ['intake:tickets'],
      createdBy: 'admin',
    });
    expect(await openToken(services, secret)).toEqual(token);
    expect(await openToken(services, `${secret}x`)).toBeNull();
    await revokeToken(services, token.id);
    expect(await openToken(services, secret)).toBeNull();
  });
});

describe('roles', () => {
  it('let nobody but the administrator manage people, and only people with the role deploy', () => {
    const holders = (permission: Parameters<Set<string>['has']>[0]) =>
      roles.filter((role) => (permissionsOf([role]) as Set<string>).has(permission));
    expect(holders('people:manage')).toEqual(['administrator']);
    expect(holders('models:deploy')).toEqual(['process-owner', 'administrator']);
    expect(holders('tasks:work')).toEqual(['agent', 'lead', 'administrator']);
    expect(holders('histories:read')).toEqual(['lead', 'process-owner', 'auditor', 'administrator']);
    expect(holders('intake:alerts')).toEqual([]);
  });
});
