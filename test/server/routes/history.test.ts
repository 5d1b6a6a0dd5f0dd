import { beforeAll, expect, it } from '@jest/globals';
import { startTicket } from '../../../server/intake/start-ticket.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';
import { REQUEST } from '../../support/support-request.ts';

const NUMBER = 'R-100001';

describeDatabase('the page of a history', (open) => {
  let desk: Desk;
  let audrey: Browser;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    audrey = await desk.browser('audrey');
    await startTicket(desk.services, NUMBER, REQUEST, 'user:rita');
    await desk.services.runtime.settle();
  }, 180_000);

  const page = async (query = '', language = 'en') =>
    (await audrey.get(`/history/${NUMBER}${query}`).set('accept-language', language)).text;

  it('tells every step with who, what and why', async () => {
    const text = await page();
    expect(text).toMatch(/id="step-1"[^]*rita[^]*Case started[^]*id="step-2"/);
    expect(text).toMatch(/Decision priority: rules \S+ matched [^<]*; result &quot;P3&quot;/);
    expect(text).toMatch(/priority<\/th><td><code>–<\/code><\/td><td><code>&quot;P3&quot;/);
    expect(text).toMatch(/Task open: Accept, for app-support/);
  });

  it('tells them in Chinese with the Chinese names of the diagram', async () => {
    const text = await page('', 'zh-CN');
    expect(text).toMatch(/工单开始/);
    expect(text).toMatch(/任务待办：[\u4e00-\u9fff]+，候选 app-support/);
  });

  it('gives the verdict on record and re-execution', async () => {
    const text = await page();
    expect(text).toContain('data-verdict="INTACT"');
    expect(text).toContain('data-verdict="REPRODUCED"');
  });

  it('hides the steps that say nothing of the chosen kind', async () => {
    const [first = '', second = ''] = (await page('?show=decision')).split('<tr data-seq=').slice(1);
    expect(first).not.toMatch(/^"1"[^>]*hidden/);
    expect(second).toMatch(/^"2"[^>]*hidden/);
  });

  it('gives the browser the events to fold and the diagrams to fold them on', async () => {
    const { body } = await audrey.get(`/history/${NUMBER}/recording.json`);
    const { rows, diagrams } = body as { rows: { seq: number; events: { type: string }[] }[]; diagrams: object };
    expect(rows[0]).toMatchObject({ seq: 1 });
    expect(rows[0]?.events[0]).toMatchObject({ type: 'InstanceStarted' });
    expect(diagrams).toEqual({ 'support-request': '/models/support-request/1.bpmn' });
  });

  it('opens by number in any letters and by key, is listed, and is recorded as read', async () => {
    const [ticket] = await desk.services.db.query<{ instance_id: string }>('select instance_id from tickets');
    expect((await audrey.get(`/history/${ticket?.instance_id}`)).text).toContain('data-verdict="REPRODUCED"');
    expect((await audrey.get('/history/r-100001')).status).toBe(200);
    expect((await audrey.get('/histories')).text).toContain(`/history/${NUMBER}`);
    const read = await desk.services.db.query(
      "select 1 from operations where stream = 'audit' and action = 'HistoryRead' and subject = $1",
      [ticket?.instance_id ?? ''],
    );
    expect(read.length).toBeGreaterThan(0);
  });

  it('says so when there is no such case, and keeps others out', async () => {
    for (const id of ['R-999999', '1', '4611686018427387904']) {
      expect((await audrey.get(`/history/${id}`)).status).toBe(404);
    }
    expect((await (await desk.browser('bo')).get(`/history/${NUMBER}`)).status).toBe(403);
  });

  it('calls a changed record broken at its step', async () => {
    await desk.services.db.run("update journal set actor = 'user:mallory' where seq = 2");
    const text = await page();
    expect(text).toMatch(/data-verdict="BROKEN">BROKEN at step 2</);
    expect(text).not.toContain('REPRODUCED');
  });
});
