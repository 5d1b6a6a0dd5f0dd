import { beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import supertest from 'supertest';
import { createApp } from '../../../server/app.ts';
import { movableClock } from '../../../server/clock.ts';
import { compose } from '../../../server/compose.ts';
import { loadConfig } from '../../../server/config.ts';
import { seedPeople, samplePassword } from '../../../server/people/sample.ts';
import { findUser } from '../../../server/people/user.ts';
import type { Services } from '../../../server/services.ts';
import { describeEachDatabase } from '../../support/database.ts';
import { MONDAY } from '../../support/play.ts';

type Agent = ReturnType<typeof supertest.agent>;

const tokenIn = (html: string): string => /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** Posts the form of a page with its token. */
async function fill(agent: Agent, page: string, action: string, fields: Record<string, string>) {
  const { text } = await agent.get(page);
  return agent
    .post(action)
    .type('form')
    .send({ _csrf: tokenIn(text), ...fields });
}

describeEachDatabase('signing in', (open, kind) => {
  let services: Services;
  let fresh: () => Agent;

  beforeAll(async () => {
    const db = await open({ pool: 1 });
    services = compose({ config: loadConfig({}), log: pino({ level: 'silent' }), clock: movableClock(MONDAY), db });
    fresh = () => supertest.agent(createApp(services));
  }, 180_000);

  const signIn = (agent: Agent, login: string, password = samplePassword, to = '') =>
    fill(agent, '/sign-in', '/sign-in', { login, password, to });

  it('begins with making the administrator, once', async () => {
    const agent = fresh();
    expect((await agent.get('/')).headers['location']).toBe('/first-run');
    const short = await fill(agent, '/first-run', '/first-run', { login: 'root', name: 'Root', password: 'short' });
    expect([short.status, short.text.includes('value="root"')]).toEqual([400, true]);
    const person = { login: 'Root', name: 'Root', password: 'a long password' };
    const made = await Promise.all([
      fill(agent, '/first-run', '/first-run', person),
      fill(fresh(), '/first-run', '/first-run', { ...person, login: 'other' }),
    ]);
    expect(made.map(({ status }) => status).sort()).toEqual([303, 404]);
    const winner = made[0].status === 303 ? 'root' : 'other';
    expect(await services.db.query('select login from users')).toEqual([{ login: winner }]);
    expect((await findUser(services, winner)).roles).toContain('administrator');
    expect((await agent.get('/people')).status).toBe(winner === 'root' ? 200 : 303);
    expect((await fresh().get('/first-run')).status).toBe(404);
    const late = await fill(fresh(), '/sign-in', '/first-run', {
      login: 'eve',
      name: 'Eve',
      password: 'a long password',
    });
    expect(late.status).toBe(404);
    await services.db.run('delete from users');
    await seedPeople(services);
  });

  it('leads back to the page that was asked for, never to another site', async () => {
    expect((await fresh().get('/tickets?state=all')).headers['location']).toBe('/sign-in?to=%2Ftickets%3Fstate%3Dall');
    expect((await signIn(fresh(), 'anna', samplePassword, '/tickets?state=all')).headers['location']).toBe(
      '/tickets?state=all',
    );
    expect((await signIn(fresh(), 'anna', samplePassword, '//evil.test')).headers['location']).toBe('/');
  });

  it('says nothing about which of the two was wrong', async () => {
    const [password, login] = [await signIn(fresh(), 'anna', 'wrong'), await signIn(fresh(), 'nobody', 'wrong')];
    expect([password.status, login.status]).toEqual([401, 401]);
    expect(password.text).toContain('do not belong together');
    expect(login.text).toContain('do not belong together');
  });

  it('is refused for a while after ten wrong passwords, to this account only', async () => {
    const login = `guessed-${kind}`;
    for (let attempt = 0; attempt < 10; attempt++) expect((await signIn(fresh(), login, 'x')).status).toBe(401);
    expect((await signIn(fresh(), login, 'x')).status).toBe(429);
    expect((await signIn(fresh(), ` ${login.toUpperCase()} `, 'x')).status).toBe(429);
    expect((await signIn(fresh(), 'bo')).status).toBe(303);
  });

  it('keeps the session out of reach of scripts and other sites', async () => {
    const answer = await signIn(fresh(), 'anna');
    const cookie = ((answer.headers['set-cookie'] ?? '') as unknown as string[]).find((one) => one.includes('session'));
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
  });

  it('ends when the person signs out', async () => {
    const agent = fresh();
    await signIn(agent, 'anna');
    const kept = (await agent.get('/account')).request.get('cookie');
    expect((await fill(agent, '/account', '/sign-out', {})).headers['location']).toBe('/sign-in');
    const again = await supertest(createApp(services))
      .get('/account')
      .set('cookie', kept ?? '');
    expect(again.status).toBe(303);
  });

  it('speaks the language of the browser until the person chooses', async () => {
    const agent = fresh();
    const chinese = await agent.get('/sign-in').set('accept-language', 'zh-CN,zh;q=0.9,en;q=0.8');
    expect(chinese.text).toContain('<html lang="zh-CN"');
    await fill(agent, '/sign-in', '/preferences', { locale: 'en', back: '/sign-in' });
    expect((await agent.get('/sign-in').set('accept-language', 'zh-CN')).text).toContain('<html lang="en"');
  });

  it('sends a policy that lets no foreign script run', async () => {
    const policy = (await fresh().get('/sign-in')).headers['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
  });

  it('shows errors in the words of the reader, to machines as problem documents', async () => {
    const page = await fresh().get('/nowhere').set('accept-language', 'zh');
    expect([page.status, page.text.includes('这里什么也没有')]).toEqual([404, true]);
    const machine = await fresh().get('/api/nowhere');
    expect(machine.headers['content-type']).toContain('application/problem+json');
    const wrong = await fresh().get('/api/nowhere').set('authorization', 'Bearer lanework_wrong');
    expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });
});

describe('the sample sign-ins', () => {
  it('are shown only with sample content', async () => {
    const { sampleSignIns } = await import('../../../server/people/sample.ts');
    const config = loadConfig({ SAMPLE_CONTENT: 'false' });
    expect(sampleSignIns({ config })).toBeNull();
    expect(sampleSignIns({ config: { ...config, sampleContent: true } })?.people.length).toBeGreaterThan(10);
  });
});
