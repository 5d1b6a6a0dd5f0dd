import { beforeAll, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { authenticate, findUser } from '../../../server/people/user.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';

describeDatabase('the administration of people', (open) => {
  let desk: Desk;
  let admin: Browser;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    admin = await desk.browser('admin');
  }, 180_000);

  /** What was recorded about this subject, oldest first. */
  async function recordedOf(subject: string): Promise<string[]> {
    const rows = await desk.services.db.query<{ line: string }>(
      `select concat_ws(' ', actor, action, details) as line from operations
       where stream = 'people' and subject = $1 order by seq`,
      [subject],
    );
    return rows.map(({ line }) => line);
  }

  it('makes an account that can sign in, and records who made it', async () => {
    const fields = { login: 'Zoe', name: 'Zoe', email: '', roles: 'agent', groups: 'dba', password: 'a long password' };
    expect((await admin.post('/people/new', fields)).headers['location']).toBe('/people');
    expect(await authenticate(desk.services, 'zoe', 'a long password')).toMatchObject({
      roles: ['agent'],
      groups: ['dba'],
    });
    const [line = ''] = await recordedOf('zoe');
    expect(line).toMatch(/^user:admin UserCreated /);
    expect(line).not.toContain('a long password');
  });

  it('shows what is wrong with a new account, keeps what was typed and records nothing', async () => {
    const answer = await admin.post('/people/new', { login: 'anna', name: 'Second Anna', password: 'a long password' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Second Anna');
    expect(await recordedOf('anna')).toEqual([]);
  });

  it('changes roles and groups, and disables', async () => {
    await admin.post('/people/kate', { name: 'Kate', email: '', roles: 'lead', disabled: '1' });
    expect(await findUser(desk.services, 'kate')).toMatchObject({ roles: ['lead'], groups: [], disabled: true });
    expect((await recordedOf('kate')).length).toBe(1);
  });

  it('does not let administrators lock themselves out', async () => {
    const answer = await admin.post('/people/admin', { name: 'Admin', email: '', roles: 'agent' });
    expect(answer.status).toBe(400);
    expect((await findUser(desk.services, 'admin')).roles).toContain('administrator');
  });

  it('sets a password anew, which ends the sessions of the person', async () => {
    const nina = await desk.browser('nina');
    expect((await nina.get('/inbox')).status).toBe(200);
    expect((await admin.post('/people/nina/password', { password: 'short' })).status).toBe(400);
    expect((await admin.post('/people/nina/password', { password: 'a new long password' })).status).toBe(200);
    expect((await nina.get('/inbox')).status).toBe(303);
    expect(await authenticate(desk.services, 'nina', 'a new long password')).not.toBeNull();
  });

  it('shows a token once; it opens its scope only, until it is revoked', async () => {
    const made = await admin.post('/people/tokens', { name: 'CI', scopes: 'intake:tickets' });
    const secret = /lanework_[\w-]+(?=<\/code>)/.exec(made.text)?.[0] ?? '';
    expect(secret).not.toBe('');
    const page = (await admin.get('/people/tokens')).text;
    expect(page).not.toContain(secret);
    expect(page).toContain('<a href="/api/docs">All routes of the API, to read and to try out</a>');
    const get = (path: string) => supertest(desk.app).get(path).set('authorization', `Bearer ${secret}`);
    expect((await get('/api/tickets')).status).toBe(200);
    expect((await get('/people')).status).toBe(403);
    const id = /tokens\/([\w-]+)\/revoke/.exec(page)?.[1] ?? '';
    await admin.post(`/people/tokens/${id}/revoke`, {});
    expect((await get('/api/tickets')).status).toBe(401);
    expect(await recordedOf(id)).toEqual(['user:admin TokenRevoked {}']);
  });

  it('saves a group under its id, in both languages', async () => {
    await admin.post('/people/groups', { id: 'night', name: 'Night shift', nameZh: '夜班', tier: 'L1' });
    await admin.post('/people/groups', { id: 'night', name: 'Night desk', nameZh: '夜班', tier: '' });
    expect((await admin.get('/people/groups')).text).toContain('Night desk');
    expect((await admin.post('/people/groups', { id: 'Not An Id', name: 'x', tier: '' })).status).toBe(400);
  });
});
