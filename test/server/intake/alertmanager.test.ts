import { beforeAll, expect, it } from '@jest/globals';
import { lockGroup, updateGroup } from '../../../server/db/alerts.ts';
import { conversationOf, findTicket } from '../../../server/desk/tickets.ts';
import { Overloaded } from '../../../server/process/submit.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const PATH = '/api/intake/alertmanager';

/** A delivery as Alertmanager 0.28 sends it. */
function delivery(group: string, alerts: [string, 'firing' | 'resolved'][], startsAt = '2026-03-02T07:59:30.000Z') {
  const labels = { alertname: 'DatabaseDown', service: 'database', severity: 'critical', group };
  return {
    version: '4',
    groupKey: `{}:{alertname="DatabaseDown", group="${group}"}`,
    truncatedAlerts: 0,
    status: alerts.some(([, status]) => status === 'firing') ? 'firing' : 'resolved',
    receiver: 'lanework',
    groupLabels: { alertname: 'DatabaseDown', group },
    commonLabels: labels,
    commonAnnotations: { summary: 'The order database does not answer' },
    externalURL: 'http://alertmanager.example.com:9093',
    notification_reason: 'new alerts in group',
    alerts: alerts.map(([fingerprint, status]) => ({
      status,
      labels: { ...labels, instance: `${fingerprint}.example.com:9187` },
      annotations: { summary: 'The order database does not answer' },
      startsAt,
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-03-02T08:40:00.000Z',
      generatorURL: 'http://prometheus.example.com:9090/graph',
      fingerprint,
    })),
  };
}

describeDatabase('the webhook of Alertmanager', (open) => {
  let desk: Desk;
  let client: Awaited<ReturnType<Desk['client']>>;
  const send = (body: object) => client('post', PATH).send(body);
  const ticket = (number: string) => findTicket(desk.services, number);
  /** How many tickets were opened for the group. */
  const count = async (group: string) => {
    const rows = await desk.services.db.query<{ snapshot: string }>('select snapshot from instances');
    const key = delivery(group, []).groupKey;
    return rows.filter(({ snapshot }) => snapshot.includes(JSON.stringify(key))).length;
  };

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    client = await desk.client('intake:alerts');
  }, 180_000);

  it('takes a critical alert of a core service as P1 straight to the expert group', async () => {
    const answer = await send(delivery('route', [['a1', 'firing']]));
    expect(answer.status).toBe(200);
    expect(answer.body.ticket).toMatch(/^R-1\d{5}$/);
    await desk.services.runtime.settle();
    expect(await ticket(answer.body.ticket)).toMatchObject({
      title: 'The order database does not answer',
      channel: 'alert',
      priority: 'P1',
      tier: 'L2',
      service: 'database',
      group: expect.stringMatching(/^(dba|core-experts)$/),
      state: 'assigned',
    });
    const notes = await conversationOf(desk.services, await ticket(answer.body.ticket), 'agent');
    const notice = notes.find((note) => note.audience === 'notice');
    expect(notice?.text).toMatch(/^Told (Database experts|Core system experts) \(.*陈工（示例）/);
    expect(notice?.to).toContain('chen');
  });

  it('opens one ticket however often and at once it is delivered', async () => {
    const body = delivery('twins', [
      ['b1', 'firing'],
      ['b2', 'firing'],
    ]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(body)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map((answer) => String(answer.body.ticket))).size).toBe(1);
    expect(await count('twins')).toBe(1);
  });

  it('completes what a crash left: a delivery that was stored but not carried out', async () => {
    const body = delivery('crash', [['c1', 'firing']]);
    const { services } = desk;
    // As if the process had died after the first transaction.
    const { runtime } = services;
    services.runtime = { ...runtime, start: () => Promise.reject(new Error('killed')) };
    expect((await send(body)).status).toBe(500);
    services.runtime = runtime;
    const [first, second] = [await send(body), await send(body)];
    expect(first.body.ticket).toBe(second.body.ticket);
    expect((await ticket(first.body.ticket)).number).toBe(first.body.ticket);
    expect(await count('crash')).toBe(1);
  });

  it('opens nothing twice when the answer was lost after the process had started', async () => {
    const body = delivery('lost', [['l1', 'firing']]);
    const { body: first } = await send(body);
    await desk.services.db.transaction(async (tx) => {
      const group = await lockGroup(tx, body.groupKey);
      await updateGroup(tx, { ...group, pending: [{ kind: 'open', number: first.ticket, follows: '' }] });
    });
    expect((await send(body)).body).toEqual(first);
    expect(await count('lost')).toBe(1);
  });

  it('writes a note once when the server died after it was written', async () => {
    const { body: first } = await send(delivery('noted', [['n1', 'firing']]));
    const { services } = desk;
    const { runtime } = services;
    services.runtime = {
      ...runtime,
      async submit(...command) {
        await runtime.submit(...command);
        throw new Error('killed');
      },
    };
    const more = delivery('noted', [['n2', 'firing']]);
    expect((await send(more)).status).toBe(500);
    services.runtime = runtime;
    expect((await send(more)).body).toEqual(first);
    const notes = await conversationOf(services, await ticket(first.ticket), 'agent');
    expect(notes.filter(({ text }) => text.startsWith('Alert firing')).length).toBe(1);
  });

  it('tells the process that all is over only when every alert was resolved', async () => {
    const { body } = await send(
      delivery('over', [
        ['d1', 'firing'],
        ['d2', 'firing'],
      ]),
    );
    await desk.services.runtime.settle();
    await send(delivery('over', [['d1', 'resolved']]));
    expect(await resolutions(body.ticket)).toBe(0);
    await send(delivery('over', [['d2', 'resolved']]));
    await send(delivery('over', [['d2', 'resolved']]));
    await desk.services.runtime.settle();
    expect(await resolutions(body.ticket)).toBe(1);
    const notes = await conversationOf(desk.services, await ticket(body.ticket), 'agent');
    expect(notes.filter((note) => note.text.startsWith('Alert resolved')).map((note) => note.audience)).toEqual([
      'internal',
      'internal',
    ]);
  });

  it('opens a new ticket that follows the former when it fires after that was closed', async () => {
    const { body: first } = await send(delivery('again', [['e1', 'firing']]));
    const { instanceId } = await ticket(first.ticket);
    const at = desk.clock.now();
    await desk.services.runtime.submit(instanceId, { type: 'Cancel', at, actor: 'user:anna', reason: 'test' });
    expect((await send(delivery('again', [['e1', 'resolved']]))).body).toEqual(first);
    const { body: second } = await send(delivery('again', [['e1', 'firing']], '2026-03-02T09:00:00.000Z'));
    expect(second.ticket).not.toBe(first.ticket);
    expect((await ticket(second.ticket)).follows).toBe(first.ticket);
  });

  it('refuses an unknown shape with the reason, and a token without the scope', async () => {
    const grafana = await send({ ...delivery('grafana', [['f1', 'firing']]), version: '1' });
    expect(grafana.status).toBe(400);
    expect(grafana.body.detail).toMatch(/version/);
    expect((await client('post', PATH).type('text').send('hello')).status).toBe(415);
    expect((await client('post', PATH).type('json').send('{"version":')).status).toBe(400);
    const other = await desk.client('intake:tickets');
    expect((await other('post', PATH).send(delivery('f', [['f1', 'firing']]))).status).toBe(403);
  });

  it('answers 503 with Retry-After, never 429, when too much is waiting', async () => {
    const { services } = desk;
    const { runtime } = services;
    services.runtime = { ...runtime, start: () => Promise.reject(new Overloaded('full')) };
    const answer = await send(delivery('full', [['g1', 'firing']]));
    services.runtime = runtime;
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await send(delivery('full', [['g1', 'firing']]))).status).toBe(200);
  });

  async function resolutions(number: string): Promise<number> {
    const rows = await desk.services.runtime.history((await ticket(number)).instanceId);
    const events = rows.flatMap((row) => row.events);
    return events.filter((event) => event.type === 'MessageReceived' && event.name === 'alert.resolved').length;
  }
});
