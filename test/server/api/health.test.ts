import { beforeAll, expect, it } from '@jest/globals';
import supertest from 'supertest';
import type { Database } from '../../../server/db/database.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';
import { definitions, end, flows, node, process, service, start, timer } from '../../support/bpmn.ts';

const slow = definitions(
  process(
    'slow',
    start(),
    node('intermediateCatchEvent', 'rest', '', timer('Duration', 'PT1M')),
    service('do', 'outside'),
    end(),
    flows('start -> rest -> do -> end'),
  ),
);

describeDatabase('whoever runs a server', (open) => {
  let db: Database;
  let desk: Desk;
  beforeAll(async () => {
    db = await open();
    desk = await openDesk(db);
  });
  const ask = (path: string) => supertest(desk.app).get(path);

  it('hears that the process is there', async () => {
    const answer = await ask('/healthz');
    expect([answer.status, answer.body]).toEqual([200, { status: 'alive' }]);
  });

  it('hears whether it can work, and when it is being stopped', async () => {
    expect((await ask('/readyz')).body).toEqual({ status: 'ready', troubles: [] });
    desk.services.draining = true;
    const stopping = await ask('/readyz');
    expect([stopping.status, stopping.body]).toEqual([503, { status: 'not ready', troubles: ['process'] }]);
    desk.services.draining = false;
    await db.run("update migrations set name = 'x' || name where name like '001%'");
    const old = await ask('/readyz');
    expect([old.status, old.body]).toEqual([503, { status: 'not ready', troubles: ['migrations'] }]);
    await db.run("update migrations set name = substr(name, 2) where name like 'x%'");
    expect((await ask('/readyz')).status).toBe(200);
  });

  it('reads its figures', async () => {
    const { runtime } = desk.services;
    // The commit of what a timer begins takes three seconds.
    runtime.registerProjection((_tx, changes) => {
      if (changes.some(({ command }) => command.type === 'FireTimer')) desk.clock.advance(3000);
      return Promise.resolve();
    });
    await runtime.deploy([{ name: 'slow.bpmn', content: slow }], { actor: 'user:olga' });
    const { instance } = await runtime.start({ process: 'slow', variables: {}, actor: 'user:li' });
    await expect(
      runtime.submit(instance.id, { type: 'CompleteJob', at: 1, actor: 'job', job: 99, variables: {} }),
    ).rejects.toThrow();
    desk.clock.advance(63_000);
    await runtime.settle();
    await (await desk.browser('bo')).get('/inbox');
    const answer = await ask('/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = answer.text.split('\n');
    const figure = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
    expect(figure('lanework_commands_total{outcome="done"}')).toBeGreaterThanOrEqual(2);
    expect(figure('lanework_commands_total{outcome="refused"}')).toBe(1);
    expect(figure('lanework_batch_size_count')).toBeGreaterThanOrEqual(3);
    expect(figure('lanework_commit_seconds_sum')).toBeGreaterThan(0);
    expect(figure('lanework_queue_length')).toBe(0);
    expect(figure('lanework_timer_lateness_seconds_bucket{le="5"}')).toBe(0);
    expect(figure('lanework_timer_lateness_seconds_bucket{le="30"}')).toBe(1);
    expect(figure('lanework_jobs_total{type="outside",outcome="requested"}')).toBe(1);
    expect(figure('lanework_open_incidents')).toBe(0);
    expect(lines.some((line) => /lanework_http_seconds_count\{.*route="\/inbox"/.test(line))).toBe(true);
  });

  it('may read them from the same machine, or with a token for them', async () => {
    expect((await ask('/metrics')).status).toBe(200);
    const afar = await ask('/metrics').set('x-forwarded-for', '203.0.113.9');
    expect([afar.status, afar.headers['content-type']]).toEqual([401, 'application/problem+json; charset=utf-8']);
    const prometheus = await desk.client('metrics:read');
    expect((await prometheus('get', '/metrics').set('x-forwarded-for', '203.0.113.9')).status).toBe(200);
    const other = await desk.client('intake:alerts');
    expect((await other('get', '/metrics').set('x-forwarded-for', '203.0.113.9')).status).toBe(403);
  });
});
