import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, flows, process, service, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const xml = (id: string) =>
  definitions(process(id, start(), service('mail'), service('print'), end(), flows('start -> mail -> print -> end')));

/** What a browser reads in attributes. */
const plain = (html: string): string => html.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');

describeDatabase('the page of the incidents', (open) => {
  let db: Database;
  let desk: Desk;

  beforeAll(async () => {
    db = await open({ pool: 1 });
    desk = await openDesk(db);
    for (const id of ['order', 'claim']) {
      await desk.services.runtime.deploy([{ name: `${id}.bpmn`, content: xml(id) }], { actor: 'user:owner' });
    }
  }, 180_000);
  beforeEach(async () => {
    await db.run('delete from incidents');
  });

  /** Starts instances that stop at their first job. */
  async function stopped(id: string, count: number): Promise<void> {
    const { runtime } = desk.services;
    const ask = () => ({ at: desk.clock.now(), actor: 'user:owner' });
    for (let n = 0; n < count; n += 1) {
      const request = { process: id, variables: {}, actor: 'user:owner', businessKey: `<${id} ${n}>` };
      const { instance } = await runtime.start(request);
      const job = instance.tokens[0]?.id ?? -1;
      const message = `Expected <an answer>, but found none. (${n})`;
      await runtime.submit(instance.id, { type: 'FailJob', job, retries: 0, retryAt: 0, message, ...ask() });
    }
  }

  it('says so when nothing stands still', async () => {
    const dana = await desk.browser('dana');
    expect((await dana.get('/incidents')).text).toContain('No case stands still.');
  });

  it('counts what stands still by place, and shows it page by page, oldest first', async () => {
    await stopped('order', 51);
    await stopped('claim', 2);
    const dana = await desk.browser('dana');
    const page = (await dana.get('/incidents')).text;
    expect(page).toContain('53 open');
    expect(page).toContain('Try all 53 again');
    expect(page).toContain('&lt;an answer&gt;');
    expect(page).toContain('>&lt;order 0&gt;<');
    expect(plain(page)).toContain('href="/incidents?process=order&element=mail&kind=job"');
    expect(page.match(/data-row/g)).toHaveLength(50);
    const next = /href="([^"]+)" rel="next"/.exec(plain(page))?.[1] ?? '';
    expect((await dana.get(next)).text.match(/data-row/g)).toHaveLength(3);
    expect((await dana.get('/incidents?process=claim')).text.match(/data-row/g)).toHaveLength(2);
    expect((await dana.get('/incidents?kind=timer')).text).toContain('Nothing that fits the filters');
    expect((await dana.get('/incidents?kind=nonsense&after=x')).text.match(/data-row/g)).toHaveLength(50);
  });

  it('has one button for a single case', async () => {
    await stopped('order', 1);
    const page = (await (await desk.browser('dana')).get('/incidents')).text;
    expect(page.match(/action="[^"]*retry"/g)).toHaveLength(1);
  });

  it('says in Chinese what is wrong, with the exact English sentence below, in the list and in the history', async () => {
    await stopped('order', 1);
    const own = '服务处理已用完全部尝试次数，仍未成功。';
    const exact = /lang="en"[^>]*>Expected the job of &quot;mail&quot; to succeed/;
    const admin = await desk.browser('admin');
    const read = async (path: string) => (await admin.get(path).set('accept-language', 'zh-CN')).text;
    const list = await read('/incidents');
    expect(list).toContain(own);
    expect(list).toMatch(exact);
    const [, history = ''] = /href="(\/history\/\d+)"/.exec(list) ?? [];
    const [why = '', steps = ''] = (await read(history)).split('<table');
    expect(why).toMatch(new RegExp(`已停止：${own}<small[^>]*${exact.source}`));
    expect(steps).toMatch(new RegExp(`${own}<small[^>]*${exact.source}`));
    expect((await admin.get('/incidents').set('accept-language', 'en')).text).not.toContain(own);
  });

  it('tries all that fit again, and tells what came of it', async () => {
    await stopped('order', 3);
    await stopped('claim', 2);
    const dana = await desk.browser('dana');
    const answer = await dana.post('/incidents/retry', { process: 'order', kind: 'job' });
    expect([answer.status, answer.headers['location']]).toEqual([
      303,
      '/incidents?process=order&kind=job&resolved=3&raised=0&refused=0',
    ]);
    expect((await dana.get(answer.headers['location'] ?? '')).text).toContain('3 go on.');
    expect((await dana.get('/incidents')).text).toContain('2 open');
  });

  it('is for leads and administrators', async () => {
    const anna = await desk.browser('anna');
    expect((await anna.get('/incidents')).status).toBe(403);
    expect((await anna.post('/incidents/retry', {})).status).toBe(403);
    expect((await anna.get('/inbox')).text).not.toContain('href="/incidents"');
    const admin = await desk.browser('admin');
    expect((await admin.get('/inbox')).text).toContain('href="/incidents"');
  });
});
