import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { absorb } from '../../../server/intake/alert-group.ts';
import type { AlertGroup, KnownAlert } from '../../../server/db/alerts.ts';
import { readDelivery, requestOf } from '../../../server/intake/alertmanager.ts';
import type { Delivery } from '../../../server/intake/alertmanager.ts';

const startsAt = '2026-03-02T09:00:00.000Z';
const now = Date.parse('2026-03-02T09:01:00Z');
const number = 'R-100007';

function body(alerts: [string, 'firing' | 'resolved', string?][], rest: Record<string, unknown> = {}): unknown {
  return {
    version: '4',
    groupKey: '{}:{alertname="DatabaseDown"}',
    truncatedAlerts: 0,
    status: alerts.some(([, status]) => status === 'firing') ? 'firing' : 'resolved',
    receiver: 'lanework',
    groupLabels: { alertname: 'DatabaseDown' },
    commonLabels: { alertname: 'DatabaseDown', service: 'database', severity: 'critical' },
    commonAnnotations: { summary: 'Database is down' },
    externalURL: 'http://alertmanager.example',
    alerts: alerts.map(([fingerprint, status, starts]) => ({
      status,
      labels: { alertname: 'DatabaseDown', service: 'database', severity: 'critical', instance: `db-${fingerprint}` },
      annotations: { summary: 'Database is down' },
      startsAt: starts ?? startsAt,
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-03-02T09:30:00Z',
      generatorURL: '',
      fingerprint,
    })),
    ...rest,
  };
}

function read(raw: unknown): Delivery {
  const result = readDelivery(raw);
  if ('reason' in result) throw new Error(result.reason);
  return result.delivery;
}

/** A group and its rows, fed one delivery after the other; the ticket is open from its first intention on. */
class Feed {
  group: AlertGroup = { groupKey: 'g', ticket: null, resolutions: 0, announced: false, pending: [] };
  rows = new Map<string, KnownAlert>();
  closed = true;

  deliver(raw: unknown) {
    const result = absorb(this.group, [...this.rows.values()], read(raw), now, !this.closed, number);
    for (const row of result.alerts) this.rows.set(row.fingerprint, row);
    const done = result.group.pending;
    if (done.some((intention) => intention.kind === 'open')) this.closed = false;
    this.group = { ...result.group, pending: [] };
    return done;
  }
}

describe('a group of alerts', () => {
  it('opens one ticket for all its alerts, and only counts a repeated delivery', () => {
    const feed = new Feed();
    const first = body([
      ['a', 'firing'],
      ['b', 'firing'],
    ]);
    expect(feed.deliver(first)).toEqual([{ kind: 'open', number, follows: '' }]);
    expect(feed.deliver(first)).toEqual([]);
    expect(feed.rows.get('a')).toMatchObject({ deliveries: 2, firings: 1, status: 'firing', endsAt: null });
  });

  it('tells the process that it is over only when every fingerprint was reported resolved', () => {
    const feed = new Feed();
    feed.deliver(
      body([
        ['a', 'firing'],
        ['b', 'firing'],
      ]),
    );
    expect(feed.deliver(body([['a', 'resolved']]))).toEqual([
      { kind: 'note', id: 'a/2', text: 'Alert resolved: Database is down (db-a)' },
    ]);
    const last = feed.deliver(body([['b', 'resolved']]));
    expect(last.at(-1)).toEqual({ kind: 'resolve', messageId: 'R-100007/1' });
    expect(feed.deliver(body([['b', 'resolved']]))).toEqual([]);
  });

  it('does not take an alert for resolved because a later delivery leaves it out', () => {
    const feed = new Feed();
    feed.deliver(
      body([
        ['a', 'firing'],
        ['b', 'firing'],
      ]),
    );
    feed.deliver(body([['a', 'firing']]));
    expect(feed.rows.get('b')?.status).toBe('firing');
  });

  it('waits for a complete delivery when alerts were truncated', () => {
    const feed = new Feed();
    feed.deliver(body([['a', 'firing']]));
    expect(feed.deliver(body([['a', 'resolved']], { truncatedAlerts: 2 })).map((one) => one.kind)).toEqual(['note']);
    expect(feed.deliver(body([['a', 'resolved']])).map((one) => one.kind)).toEqual(['resolve']);
  });

  it('notes on the open ticket that an alert fires again, and announces its end again', () => {
    const feed = new Feed();
    feed.deliver(body([['a', 'firing']]));
    feed.deliver(body([['a', 'resolved']]));
    const later = '2026-03-02T10:00:00Z';
    expect(feed.deliver(body([['a', 'firing', later]])).map((one) => one.kind)).toEqual(['note']);
    const end = feed.deliver(body([['a', 'resolved', later]]));
    expect(end.at(-1)).toEqual({ kind: 'resolve', messageId: 'R-100007/2' });
    expect(feed.rows.get('a')?.firings).toBe(2);
  });

  it('opens a new ticket that follows the former when it fires after the ticket was closed', () => {
    const feed = new Feed();
    feed.deliver(body([['a', 'firing']]));
    feed.deliver(body([['a', 'resolved']]));
    feed.closed = true;
    expect(feed.deliver(body([['a', 'resolved']]))).toEqual([]);
    expect(feed.deliver(body([['a', 'firing', '2026-03-02T10:00:00Z']]))).toEqual([
      { kind: 'open', number, follows: number },
    ]);
  });

  it('lets a late delivery about an earlier firing change nothing but the count', () => {
    const feed = new Feed();
    feed.deliver(body([['a', 'firing', '2026-03-02T10:00:00Z']]));
    expect(feed.deliver(body([['a', 'resolved', startsAt]]))).toEqual([]);
    expect(feed.rows.get('a')).toMatchObject({ status: 'firing', deliveries: 2 });
  });

  it('opens at most one ticket and never announces an end while something fires, whatever comes', () => {
    const one = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom<'firing' | 'resolved'>('firing', 'resolved'));
    fc.assert(
      fc.property(fc.array(fc.array(one, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), (deliveries) => {
        const feed = new Feed();
        const done = deliveries.flatMap((alerts) => {
          const intentions = feed.deliver(body(alerts));
          const firing = [...feed.rows.values()].some((row) => row.status === 'firing');
          expect(firing && intentions.some((intention) => intention.kind === 'resolve')).toBe(false);
          return intentions;
        });
        expect(done.filter((intention) => intention.kind === 'open').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("Alertmanager's delivery", () => {
  it('is refused with the reason when it has another shape', () => {
    const refuse = (raw: unknown) => {
      const result = readDelivery(raw);
      return 'reason' in result ? result.reason : 'accepted';
    };
    expect(refuse(body([['a', 'firing']], { version: '1' }))).toMatch(/version/);
    expect(refuse(body([['a', 'firing']], { alerts: 'none' }))).toMatch(/alerts/);
    expect(refuse(body([['a', 'firing']], { alerts: [{ status: 'firing' }] }))).toMatch(/alerts\.0\.fingerprint/);
    expect(refuse('text')).toMatch(/Expected the body/);
    expect(refuse(body([['a', 'firing']], { notification_reason: 'new', routeLabels: {} }))).toBe('accepted');
  });

  it('becomes a request with service, tier and severity from its labels', () => {
    const tierOf = (service: string) => (service === 'database' ? 'core' : null);
    const request = requestOf(read(body([['a', 'firing']])), 'R-100001', tierOf);
    expect(request).toMatchObject({
      title: 'Database is down',
      service: 'database',
      impact: 'core',
      urgency: 'critical',
    });
    expect(request.alert).toMatchObject({ severity: 'critical', tier: 'core', startsAt, follows: 'R-100001' });
    const labels = { alertname: 'Odd', job: 'node', severity: 'info', tier: 'part' };
    const other = body([['a', 'firing']], { commonLabels: {}, groupLabels: {}, commonAnnotations: {} }) as Delivery;
    other.alerts[0] = { ...(other.alerts[0] as Delivery['alerts'][number]), labels, annotations: {} };
    expect(requestOf(read(other), '', tierOf)).toMatchObject({
      title: 'Odd',
      service: '',
      impact: 'part',
      urgency: 'low',
    });
  });
});
