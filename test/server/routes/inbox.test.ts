import { beforeAll, expect, it } from '@jest/globals';
import { readCursor } from '../../../server/routes/inbox-page.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';
import { startTicket } from '../../../server/intake/start-ticket.ts';

/** What the list with this id shows: key, number and title of each line. */
function lines(html: string, id: 'live-own' | 'live-offered' | 'taken') {
  const table = new RegExp(`<table class="list" id="${id}">([^]*?)</table>`).exec(html)?.[1] ?? '';
  return [
    ...table.matchAll(
      /data-key="(\d+)"[^]*?<td class="tight muted"><span class="name"[^>]*>([^<]*)<[^]*?data-open>([^<]*)</g,
    ),
  ].map(([, key = '', number = '', title = '']) => ({ key, number, title }));
}

describeDatabase('the inbox and the task page', (open) => {
  let desk: Desk;
  let bo: Browser;
  let dana: Browser;
  let count = 100_000;

  async function file(fields: Record<string, string> = {}): Promise<string> {
    const number = `R-${++count}`;
    const variables = {
      title: 'Website shows error 500',
      description: 'Since this morning the website answers with an error 500.',
      channel: 'portal',
      requester: 'rita',
      requesterName: 'Rita',
      contact: '',
      locale: 'en',
      service: 'website',
      impact: 'part',
      urgency: 'high',
      occurredAt: new Date(desk.clock.now()).toISOString(),
      accessHash: '',
      alert: null,
      ...fields,
    };
    await startTicket(desk.services, number, variables, 'user:rita');
    await desk.services.runtime.settle();
    return number;
  }

  const offered = async (browser: Browser, query = '') =>
    lines((await browser.get(`/inbox${query}`)).text, 'live-offered');
  const own = async (browser: Browser) => lines((await browser.get('/inbox')).text, 'live-own');

  async function keyOf(number: string, browser = bo): Promise<string> {
    const found = [...(await offered(browser)), ...(await own(browser))].find((line) => line.number === number);
    return found?.key ?? `no task of ${number}`;
  }

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    [bo, dana] = [await desk.browser('bo'), await desk.browser('dana')];
  }, 180_000);

  it('says what to do when it is empty', async () => {
    const { text } = await bo.get('/inbox');
    expect(text).toContain('You have no work at the moment');
    expect(text).toContain('Nothing is waiting');
  });

  it('shows first what breaches next, and only what is offered to the groups of the reader', async () => {
    const later = await file({ title: 'Later', impact: 'single', urgency: 'low' });
    const sooner = await file({ title: 'Sooner', impact: 'core', urgency: 'critical' });
    const numbers = (await offered(bo)).map(({ number }) => number);
    expect(numbers).toEqual([sooner, later]);
    expect(await offered(await desk.browser('lin'))).toEqual([]);
  });

  it('finds by words and by group', async () => {
    const number = await file({ title: '网站打不开', description: '网站首页打不开,报错 500' });
    const found = async (query: string) => (await offered(bo, query)).map((line) => line.number);
    expect(await found(`?q=${encodeURIComponent('打不开')}`)).toEqual([number]);
    expect(await found('?q=nothinglikethis')).toEqual([]);
    expect((await found('?group=app-support')).length).toBeGreaterThan(0);
    expect(await found('?group=platform')).toEqual([]);
  });

  it('moves a claimed task to the own work, and tells the others who has it', async () => {
    const mailbox = { title: 'How can I share a mailbox?', description: 'With my team.', service: 'mail' };
    const key = await keyOf(await file({ ...mailbox, impact: 'single', urgency: 'low' }));
    expect((await offered(dana)).map((line) => line.key)).toContain(key);
    expect((await bo.post(`/tasks/${key}/claim`, { to: '/inbox' })).headers['location']).toBe('/inbox');
    expect((await own(bo)).map((line) => line.key)).toContain(key);
    expect((await offered(dana)).map((line) => line.key)).not.toContain(key);
    const shown = (await dana.get(`/inbox?shown=${key}`)).text;
    expect(lines(shown, 'taken').map((line) => line.key)).toEqual([key]);
    expect(shown).toContain('薄文（示例）');
    const stranger = await desk.browser('lin');
    expect(lines((await stranger.get(`/inbox?shown=${key}`)).text, 'taken')).toEqual([]);
  });

  it('lets nobody act on what is neither theirs nor offered to them', async () => {
    const key = await keyOf(await file());
    const lin = await desk.browser('lin');
    for (const act of ['claim', 'release', 'assign', 'complete']) {
      expect(`${act} ${(await lin.post(`/tasks/${key}/${act}`, { assignee: 'lin' })).status}`).toBe(`${act} 403`);
    }
  });

  it('gives a task to somebody, back to the group, and to nobody who cannot work on it', async () => {
    const key = await keyOf(await file());
    await dana.post(`/tasks/${key}/assign`, { assignee: 'bo' });
    expect((await own(bo)).map((line) => line.key)).toContain(key);
    for (const assignee of ['rita', 'ghost']) {
      const refused = await dana.post(`/tasks/${key}/assign`, { assignee });
      expect(refused.status).toBe(400);
      expect(refused.text).toContain(`an account that works on tasks, but found &quot;${assignee}&quot;`);
    }
    expect((await own(bo)).map((line) => line.key)).toContain(key);
    expect((await bo.post(`/tasks/${key}/release`, {})).status).toBe(303);
    expect((await offered(bo)).map((line) => line.key)).toContain(key);
  });

  it('leads from step to step of the same case when they belong to the same person', async () => {
    const key = await keyOf(await file());
    const page = await bo.get(`/tasks/${key}`);
    expect(page.text).toContain('Since this morning the website answers');
    const accepted = await bo.post(`/tasks/${key}/complete`, {});
    expect(accepted.status).toBe(303);
    const next = accepted.headers['location'] ?? '';
    expect(next).toMatch(/^\/tasks\/\d+$/);
    expect(next).not.toContain(key);
    expect((await bo.get(next)).text).toContain('Diagnose');
  });

  it('shows a refused form again with what was typed and a summary', async () => {
    const key = await keyOf(await file());
    const next = (await bo.post(`/tasks/${key}/complete`, {})).headers['location'] ?? '';
    const refused = await bo.post(`${next}/complete`, { log: 'Disk is full' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('id="errors"');
    expect(refused.text).toContain('Disk is full');
    expect(refused.text).toContain('data-refused');
  });

  it('says who was faster and keeps what was typed', async () => {
    const key = await keyOf(await file());
    await dana.post(`/tasks/${key}/assign`, { assignee: 'dana' });
    const late = await bo.post(`/tasks/${key}/complete`, { greeting: 'typed by bo' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Dana (sample) has claimed this a moment ago');
    expect(late.text).toContain('>typed by bo</textarea>');
    const claimed = await bo.post(`/tasks/${key}/claim`, {});
    expect(claimed.status).toBe(409);
    await dana.post(`/tasks/${key}/complete`, {});
    const gone = await bo.post(`/tasks/${key}/complete`, { greeting: 'typed by bo' });
    expect(gone.status).toBe(410);
    expect(gone.text).toContain('typed by bo');
    expect((await bo.get(`/tasks/${key}`)).status).toBe(410);
    expect((await bo.get('/tasks/123')).status).toBe(404);
  });

  it('speaks Chinese to those who read it', async () => {
    await bo.post('/preferences', { locale: 'zh' });
    const key = await keyOf(await file());
    expect((await bo.get('/inbox')).text).toContain('我的小组待认领');
    const { text } = await bo.get(`/tasks/${key}`);
    expect(text).toContain('<html lang="zh-CN"');
    expect(text).not.toMatch(/>Accept</);
    await bo.post('/preferences', { locale: 'en' });
  });

  it('pages by keys, so that nothing is shown twice or left out', async () => {
    const kate = await desk.browser('kate');
    for (let index = 0; index < 55; index++) {
      await file({
        title: `Complaint ${index}`,
        description: 'complaint about double charge',
        service: 'payment',
        impact: 'single',
        urgency: 'low',
      });
    }
    const all = new Set<string>();
    const groups = new Map<string, number>();
    for (const browser of [bo, kate, dana]) {
      for (let page = '/inbox'; page !== '';) {
        const { text } = await browser.get(page);
        const shown = lines(text, 'live-offered');
        for (const { key } of shown) {
          const id = `${browser === bo ? 'bo' : browser === kate ? 'kate' : 'dana'} ${key}`;
          expect(all.has(id)).toBe(false);
          all.add(id);
        }
        page = (/rel="next" href="([^"]*offered=[^"]*)"/.exec(text)?.[1] ?? '')
          .replaceAll('&amp;', '&')
          .replaceAll('&#x3D;', '=');
      }
    }
    const tasks = await desk.services.db.query<{ group_id: string; count: number }>(
      'select group_id, count(*)::int as count from tasks where assignee is null group by group_id',
    );
    for (const { group_id: id, count: held } of tasks) groups.set(id, held);
    const expected = (ids: string[]) => ids.reduce((sum, id) => sum + (groups.get(id) ?? 0), 0);
    expect([...all].filter((id) => id.startsWith('bo')).length).toBe(
      expected(['service-desk', 'app-support', 'platform']),
    );
    expect([...all].filter((id) => id.startsWith('dana')).length).toBe(
      expected(['duty-managers', 'dispatchers', 'service-desk']),
    );
    expect(Math.max(...groups.values())).toBeGreaterThan(50);
  }, 180_000);

  it('keeps every open task where its clocks put it', async () => {
    const wrong = await desk.services.db.query(
      `select t.instance_id, t.id from tasks t join tickets k on k.bucket = t.bucket and k.instance_id = t.instance_id
       where t.next_due_at <> least(coalesce(t.due_at, k.due_at), k.due_at)`,
    );
    expect(wrong).toEqual([]);
    const due = await desk.services.db.query('select distinct next_due_at from tasks');
    expect(due.length).toBeGreaterThan(1);
  });

  it('begins at the start when a link is broken', () => {
    expect(readCursor('1~2')).toBeNull();
    expect(readCursor("x~'~1")).toBeNull();
    expect(readCursor('5~77~3')).toEqual({ due: 5, instanceId: '77', id: 3 });
  });
});
