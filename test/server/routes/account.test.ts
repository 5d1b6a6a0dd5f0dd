import { beforeAll, expect, it } from '@jest/globals';
import { samplePassword } from '../../../server/people/sample.ts';
import { authenticate, findUser } from '../../../server/people/user.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

describeDatabase('the own account', (open) => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
  }, 180_000);

  it('keeps language, colours and keyboard, and changes no roles', async () => {
    const anna = await desk.browser('anna');
    const fields = { name: 'Anna A.', email: '', locale: 'zh', theme: 'dark', roles: 'administrator' };
    expect((await anna.post('/account', fields)).status).toBe(303);
    expect(await findUser(desk.services, 'anna')).toMatchObject({ shortcuts: false, roles: ['agent'] });
    const { text } = await anna.get('/inbox');
    expect(text).toContain('<html lang="zh-CN" data-theme="dark"');
    expect(text).toContain('data-shortcuts="off"');
  });

  it('changes the password only with the present one', async () => {
    const bo = await desk.browser('bo');
    expect((await bo.post('/account/password', { old: 'wrong', fresh: 'a new long one' })).status).toBe(400);
    expect((await bo.post('/account/password', { old: samplePassword, fresh: 'short' })).status).toBe(400);
    expect((await bo.post('/account/password', { old: samplePassword, fresh: 'a new long one' })).status).toBe(200);
    expect(await authenticate(desk.services, 'bo', 'a new long one')).not.toBeNull();
    expect((await bo.get('/account')).status).toBe(200);
  });

  it('is closed to guessing the present password', async () => {
    const anna = await desk.browser('anna');
    const guess = async () => (await anna.post('/account/password', { old: 'x', fresh: 'a new long one' })).status;
    for (let attempt = 0; attempt < 10; attempt++) await guess();
    expect(await guess()).toBe(429);
  });

  it('lists the sessions and ends another one', async () => {
    const [here, there] = [await desk.browser('lin'), await desk.browser('lin')];
    await there.get('/account');
    const page = (await here.get('/account')).text;
    const other = /sessions\/([\w-]+)\/revoke/.exec(page)?.[1] ?? '';
    await here.post(`/account/sessions/${other}/revoke`, {});
    expect((await there.get('/account')).status).toBe(303);
    expect((await here.get('/account')).status).toBe(200);
  });
});
