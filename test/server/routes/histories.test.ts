import { beforeAll, expect, it } from '@jest/globals';
import { readNewestInstances } from '../../../server/db/instance-pages.ts';
import type { InstancePage } from '../../../server/db/instance-pages.ts';
import type { Database } from '../../../server/db/database.ts';
import { startTicket } from '../../../server/intake/start-ticket.ts';
import { definitions, end, flows, node, process, service, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';
import { REQUEST } from '../../support/support-request.ts';

const ORDER = definitions(process('order', start(), service('mail'), end(), flows('start -> mail -> end'))).replace(
  'id="order"',
  'id="order" name="Order &amp; delivery"',
);
const WORK = definitions(process('work', start(), node('manualTask', 'do'), end(), flows('start -> do -> end')));

/** What a browser reads in attributes. */
const plain = (html: string): string => html.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');

describeDatabase('the list of all cases', (open) => {
  let db: Database;
  let desk: Desk;
  let audrey: Browser;

  beforeAll(async () => {
    db = await open({ pool: 1 });
    desk = await openDesk(db);
    audrey = await desk.browser('audrey');
    for (const [id, xml] of [
      ['order', ORDER],
      ['work', WORK],
    ] as const) {
      await desk.services.runtime.deploy([{ name: `${id}.bpmn`, content: xml }], { actor: 'user:owner' });
    }
  }, 180_000);

  const begin = async (id: string, businessKey?: string): Promise<string> => {
    const named = businessKey === undefined ? {} : { businessKey };
    desk.clock.advance(1000);
    return (await desk.services.runtime.start({ process: id, variables: {}, actor: 'user:owner', ...named })).instance
      .id;
  };
  const list = async (address = '/histories', language = 'en') =>
    plain((await audrey.get(address).set('accept-language', language)).text);
  const keys = (page: string): string[] => [...page.matchAll(/data-row data-key="(\d+)"/g)].map(([, key = '']) => key);

  it('says so when nothing was started yet', async () => {
    expect(await list()).toContain('No process has been started yet');
  });

  it('shows every case, ticket or not, with its name, process, state and open incidents', async () => {
    const order = await begin('order', '<A-1>');
    const unnamed = await begin('work');
    await startTicket(desk.services, 'R-100001', REQUEST, 'user:rita');
    const { runtime, clock } = desk.services;
    const job = (await runtime.instance(order))?.tokens[0]?.id ?? -1;
    const failed = { type: 'FailJob', job, retries: 0, retryAt: 0, message: 'no', actor: 'user:owner' } as const;
    await runtime.submit(order, { ...failed, at: clock.now() });
    const page = await list();
    expect(keys(page).slice(1)).toEqual([unnamed, order]);
    const [, ticket = '', worked = '', ordered = ''] = page.split('data-row');
    expect(ticket).toMatch(/href="\/history\/R-100001"[^]*>R-100001<[^]*Support request[^]*Running/);
    expect(worked).toMatch(new RegExp(`href="/history/${unnamed}"[^>]*>${unnamed}<[^]*Completed[^]*<time[^]*<time`));
    expect(ordered).toMatch(/&lt;A-1&gt;<[^]*Order & delivery[^]*Running[^]*1 open/);
    expect(await list('/histories', 'zh-CN')).toMatch(/支持请求[^]*进行中[^]*已完成[^]*1 个未处理/);
  });

  it('takes those of a process, of a state, and of both', async () => {
    const all = keys(await list());
    const order = keys(await list('/histories?process=order'));
    expect(order).toHaveLength(1);
    expect(keys(await list('/histories?state=completed'))).toEqual([all[1]]);
    expect(keys(await list('/histories?process=order&state=active'))).toEqual(order);
    expect(await list('/histories?process=order&state=failed')).toContain('No case fits the filters');
    expect(keys(await list('/histories?state=nonsense&before=x'))).toEqual(all);
  });

  it('opens what is found by key, business key or number, lists several, and says so when there is none', async () => {
    const twins = [await begin('work', 'T'), await begin('work', 'T')];
    for (const [word, key] of [
      [twins[0], twins[0]],
      ['%20%3CA-1%3E', keys(await list('/histories?process=order'))[0]],
      ['r-100001', keys(await list('/histories?process=support-request'))[0]],
    ]) {
      const answer = await audrey.get(`/histories?find=${word}`);
      expect([answer.status, answer.headers['location']]).toEqual([303, `/history/${key}`]);
    }
    expect(keys(await list('/histories?find=T'))).toEqual(twins.reverse());
    for (const word of ['T2', '4711']) {
      expect(await list(`/histories?find=${word}`)).toContain('No case has this key');
    }
    const named = (await audrey.get(`/history/${keys(await list('/histories?process=order'))[0]}`)).text;
    expect(named).toMatch(/<h1>History of &lt;A-1&gt;<\/h1>\s*<span class="muted">Order &amp; delivery</);
  });

  it('goes on with older ones, to the last', async () => {
    for (let n = 0; n < 60; n += 1) await begin(n % 2 === 0 ? 'work' : 'order');
    const shown: string[] = [];
    let next: string | undefined = '/histories';
    while (next !== undefined) {
      const page: string = await list(next);
      shown.push(...keys(page));
      next = /href="([^"]+)" rel="next"/.exec(page)?.[1];
      expect(page.includes('>Newest<')).toBe(shown.length > 50);
    }
    const stored = await db.query<{ id: string }>('select id from instances order by id desc');
    expect(shown).toEqual(stored.map(({ id }) => id));
  });

  it('looks at so many at once when a state is wanted, and goes on where it stopped', async () => {
    // A process of its own: 10,000 completed ones are newer than the only one that runs.
    const [running = ''] = keys(await list('/histories?process=order&state=active'));
    await db.run("update instances set process = 'many' where process = 'work'");
    await db.run(
      `insert into instances (bucket, id, version, hash, release_id, process, status, started_at, snapshot)
       select (id & 4095)::int, id, 1, '', release_id, 'order', 'completed', 0, ''
       from (select i.id + n as id, i.release_id from instances i cross join generate_series(1, 10000) n
             where i.id = (select max(id) from instances)) made`,
    );
    const first = await list('/histories?process=order&state=active');
    expect(keys(first)).toEqual([]);
    expect(first).toContain('Older ones have not been looked at yet');
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1] ?? '';
    expect(keys(await list(next))[0]).toBe(running);
    const both = { processes: ['order', 'many'], status: 'active', limit: 5 };
    const found: string[] = [];
    let before: string | null = null;
    do {
      const page: InstancePage = await readNewestInstances(db, { ...both, before });
      found.push(...page.lines.map(({ id }) => id));
      before = page.before;
    } while (before !== null);
    const stored = await db.query<{ id: string }>(
      "select id from instances where status = 'active' and process in ('order', 'many') order by id desc",
    );
    expect(found.length).toBeGreaterThan(5);
    expect(found).toEqual(stored.map(({ id }) => id));
  });

  it('is for those who read histories', async () => {
    expect((await (await desk.browser('bo')).get('/histories')).status).toBe(403);
  });
});
