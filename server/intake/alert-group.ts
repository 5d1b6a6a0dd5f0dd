/**
 * What a delivery of alerts changes: a pure function from what is known about the group to what is known next and what
 * is left to do. The intentions are stored with the rows and carried out afterwards, so that a delivery that was cut off
 * anywhere is completed by its repetition.
 */
import type { Instant } from '../../engine/instance.ts';
import type { AlertGroup, KnownAlert } from '../db/alerts.ts';
import type { Alert, Delivery } from './alertmanager.ts';

export interface Absorbed {
  group: AlertGroup;
  /** The rows that changed. */
  alerts: KnownAlert[];
}

/**
 * @param open whether the group's latest ticket is neither closed nor cancelled (or about to be opened)
 * @param number used when a new ticket has to be opened
 */
export function absorb(
  group: AlertGroup,
  known: readonly KnownAlert[],
  delivery: Delivery,
  now: Instant,
  open: boolean,
  number: string,
): Absorbed {
  const rows = new Map(known.map((row) => [row.fingerprint, row]));
  const news: Alert[] = [];
  for (const alert of delivery.alerts) {
    const before = rows.get(alert.fingerprint);
    const after = seen(before, alert, now);
    rows.set(alert.fingerprint, after);
    if (after.status !== (before?.status ?? 'resolved')) news.push(alert);
  }
  const touched = [...new Set(delivery.alerts.map((alert) => alert.fingerprint))];
  const alerts = touched.flatMap((fingerprint) => rows.get(fingerprint) ?? []);

  const firing = [...rows.values()].filter((row) => row.status === 'firing');
  const next: AlertGroup = { ...group, pending: [...group.pending] };
  if (firing.length > 0) next.announced = false;
  if (!open && alerts.some((row) => row.status === 'firing')) {
    next.pending.push({ kind: 'open', number, follows: group.ticket ?? '' });
    next.ticket = number;
  } else if (open && news.length > 0) {
    const id = news.map(({ fingerprint }) => `${fingerprint}/${rows.get(fingerprint)?.deliveries}`).join(' ');
    next.pending.push({ kind: 'note', id, text: news.map(sentence).join('\n') });
  }
  const over = firing.length === 0 && delivery.truncatedAlerts === 0;
  if (open && over && !group.announced) {
    next.announced = true;
    next.resolutions++;
    next.pending.push({ kind: 'resolve', messageId: `${next.ticket}/${next.resolutions}` });
  }
  return { group: next, alerts };
}

function seen(before: KnownAlert | undefined, alert: Alert, now: Instant): KnownAlert {
  const { fingerprint, status, labels, annotations, startsAt } = alert;
  if (before === undefined) {
    const endsAt = status === 'firing' ? null : (alert.endsAt ?? now);
    const firings = status === 'firing' ? 1 : 0;
    return {
      fingerprint,
      status,
      labels,
      annotations,
      startsAt,
      endsAt,
      firstSeen: now,
      lastSeen: now,
      deliveries: 1,
      firings,
    };
  }
  const counted = { ...before, lastSeen: now, deliveries: before.deliveries + 1 };
  // A late delivery about an earlier firing says nothing about the present one.
  if (startsAt < before.startsAt) return counted;
  if (status === 'resolved') return { ...counted, status, labels, annotations, startsAt, endsAt: alert.endsAt ?? now };
  const again = before.status === 'resolved' ? 1 : 0;
  return { ...counted, status, labels, annotations, startsAt, endsAt: null, firings: before.firings + again };
}

function sentence(alert: Alert): string {
  const name = alert.annotations['summary'] ?? alert.labels['alertname'] ?? alert.fingerprint;
  const where = alert.labels['instance'];
  const what = where === undefined || name.includes(where) ? name : `${name} (${where})`;
  return alert.status === 'firing' ? `Alert firing: ${what}` : `Alert resolved: ${what}`;
}
