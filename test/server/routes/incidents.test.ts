import { beforeAll, expect, it } from '@jest/globals';
import { findTicket } from '../../../server/desk/tickets.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

describeDatabase('an incident', (open) => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
  }, 180_000);

  it('is shown on the ticket, and a lead may try again', async () => {
    const client = await desk.client('intake:alerts');
    const labels = { alertname: 'DatabaseDown', service: 'database', severity: 'critical' };
    const alert = { status: 'firing', labels, startsAt: new Date(desk.clock.now()).toISOString(), fingerprint: 'a1' };
    const delivery = { version: '4', groupKey: 'a', status: 'firing', groupLabels: labels, alerts: [alert] };
    const number = (await client('post', '/api/intake/alertmanager').send(delivery)).body.ticket;
    const { instanceId } = await findTicket(desk.services, number);
    const state = () => desk.services.runtime.instance(instanceId);
    const job = (await state())?.tokens.find((token) => token.job)?.id ?? -1;
    const asked = { at: desk.clock.now(), actor: 'job:notify' };
    const message = 'Expected an answer of <the mail server>, but found none.';
    await desk.services.runtime.submit(instanceId, {
      type: 'FailJob',
      job,
      retries: 0,
      retryAt: desk.clock.now(),
      message,
      ...asked,
    });
    const id = (await state())?.incidents[0]?.id ?? -1;

    const [dana, anna] = [await desk.browser('dana'), await desk.browser('anna')];
    const retry = `/cases/${number}/incidents/${id}/retry`;
    const seen = [(await dana.get(`/tickets/${number}`)).text, (await anna.get(`/tickets/${number}`)).text];
    expect(seen.map((text) => text.includes('&lt;the mail server&gt;'))).toEqual([true, true]);
    expect(seen.map((text) => text.includes(`action="${retry}"`))).toEqual([true, false]);
    expect((await anna.post(retry, {})).status).toBe(403);
    expect((await state())?.incidents).toHaveLength(1);
    expect((await dana.post(retry, {})).status).toBe(303);
    expect((await state())?.incidents).toEqual([]);
    expect((await dana.post(retry, {})).status).toBe(409);
  });
});
