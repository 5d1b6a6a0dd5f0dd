/** Statements on `alert_groups` and `alerts`. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../engine/instance.ts';
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** One alert of a group, one row per fingerprint. */
export interface KnownAlert {
  fingerprint: string;
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: Instant;
  /** null while it fires. */
  endsAt: Instant | null;
  firstSeen: Instant;
  lastSeen: Instant;
  /** How often it was delivered, repetitions included. */
  deliveries: number;
  /** How often it began to fire. */
  firings: number;
}

/** What is to be done about a group's ticket, in this order. */
export type Intention =
  /** Start the process with this number. */
  | { kind: 'open'; number: string; follows: string }
  /** Write an internal note on the ticket; `id` names it within the group. */
  | { kind: 'note'; id: string; text: string }
  /** Tell the process that all alerts are over. */
  | { kind: 'resolve'; messageId: string };

/** A group of alerts and its ticket. */
export interface AlertGroup {
  groupKey: string;
  /** Number of the latest ticket, null before the first. */
  ticket: string | null;
  /** How often all its alerts were over. */
  resolutions: number;
  /** Whether the process has been told (or is about to be) that all are over. */
  announced: boolean;
  pending: Intention[];
}

/** Where the rows of a group are: its bucket and the SHA-256 of its key. */
function placeOf(groupKey: string): [bucket: number, groupId: string] {
  const id = createHash('sha256').update(groupKey).digest('hex');
  return [bucketOf('alert-group', groupKey), id];
}

/** Locks the group's row until the transaction ends, making it when it is not there. Primary key. */
export async function lockGroup(tx: Sql, groupKey: string): Promise<AlertGroup> {
  const [bucket, id] = placeOf(groupKey);
  const [row] = await tx.query<{
    ticket: string | null;
    resolutions: number;
    announced: boolean;
    pending: string;
  }>(
    `insert into alert_groups as g (bucket, group_id, group_key, resolutions, announced, pending)
     values ($1, $2, $3, 0, false, '[]')
     on conflict (bucket, group_id) do update set group_key = g.group_key
     returning ticket, resolutions, announced, pending`,
    [bucket, id, groupKey],
  );
  if (row === undefined) throw new Error(`Expected the row of alert group ${id}, but the database gave none.`);
  const { ticket, resolutions, announced } = row;
  return { groupKey, ticket, resolutions, announced, pending: JSON.parse(row.pending) as Intention[] };
}

/** Writes what `lockGroup` gave back, changed. */
export async function updateGroup(tx: Sql, group: AlertGroup): Promise<void> {
  await tx.run(
    `update alert_groups set ticket = $3, resolutions = $4, announced = $5, pending = $6
     where bucket = $1 and group_id = $2`,
    [...placeOf(group.groupKey), group.ticket, group.resolutions, group.announced, JSON.stringify(group.pending)],
  );
}

/** All alerts of a group, by fingerprint. Primary key. */
export async function selectAlerts(sql: Sql, groupKey: string): Promise<KnownAlert[]> {
  const rows = await sql.query<{
    fingerprint: string;
    status: KnownAlert['status'];
    labels: string;
    annotations: string;
    starts_at: string;
    ends_at: string | null;
    first_seen: string;
    last_seen: string;
    deliveries: number;
    firings: number;
  }>(
    `select fingerprint, status, labels, annotations, starts_at, ends_at, first_seen, last_seen, deliveries, firings
     from alerts where bucket = $1 and group_id = $2 order by fingerprint`,
    placeOf(groupKey),
  );
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    status: row.status,
    labels: JSON.parse(row.labels) as Record<string, string>,
    annotations: JSON.parse(row.annotations) as Record<string, string>,
    startsAt: Number(row.starts_at),
    endsAt: row.ends_at === null ? null : Number(row.ends_at),
    firstSeen: Number(row.first_seen),
    lastSeen: Number(row.last_seen),
    deliveries: row.deliveries,
    firings: row.firings,
  }));
}

/** Writes the alerts of a group that changed. */
export async function upsertAlerts(tx: Sql, groupKey: string, alerts: readonly KnownAlert[]): Promise<void> {
  const given = alerts.map((alert) => ({
    fingerprint: alert.fingerprint,
    status: alert.status,
    labels: JSON.stringify(alert.labels),
    annotations: JSON.stringify(alert.annotations),
    starts_at: alert.startsAt,
    ends_at: alert.endsAt,
    first_seen: alert.firstSeen,
    last_seen: alert.lastSeen,
    deliveries: alert.deliveries,
    firings: alert.firings,
  }));
  await tx.run(
    `insert into alerts (bucket, group_id, fingerprint, status, labels, annotations, starts_at, ends_at, first_seen,
       last_seen, deliveries, firings)
     select $1::int, $2::text, fingerprint, status, labels, annotations, starts_at, ends_at, first_seen, last_seen, deliveries,
       firings
     from json_to_recordset($3::json) as given (fingerprint text, status text, labels text, annotations text,
       starts_at bigint, ends_at bigint, first_seen bigint, last_seen bigint, deliveries int, firings int)
     on conflict (bucket, group_id, fingerprint) do update set
       status = excluded.status, labels = excluded.labels, annotations = excluded.annotations,
       starts_at = excluded.starts_at, ends_at = excluded.ends_at, last_seen = excluded.last_seen,
       deliveries = excluded.deliveries, firings = excluded.firings`,
    [...placeOf(groupKey), JSON.stringify(given)],
  );
}
