/**
 * The body of Alertmanager's webhook, version 4 (alertmanager notify/webhook/webhook.go, template/template.go).
 * Extra fields are let through; a shape that is not this one is refused with the reason.
 */
import { z } from 'zod';
import type { Instant } from '../../engine/instance.ts';
import { cleanText } from '../desk/clean-text.ts';

const labels = z.record(z.string(), z.string());
const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'Expected an RFC 3339 instant.')
  .transform((text): Instant => Date.parse(text));

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.default({}),
  startsAt: instant,
  /** The zero time (year 1) while the alert fires. */
  endsAt: instant.optional(),
  generatorURL: z.string().default(''),
  fingerprint: z.string().min(1).max(128),
});

/** One alert of a delivery. */
export type Alert = z.infer<typeof alert>;

/** One notification of Alertmanager about one group of alerts. */
export const delivery = z.object({
  version: z.literal('4'),
  groupKey: z.string().min(1).max(8192),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string().default(''),
  /** How many alerts of the group this body leaves out (`max_alerts`). */
  truncatedAlerts: z.number().int().min(0).default(0),
  groupLabels: labels.default({}),
  commonLabels: labels.default({}),
  commonAnnotations: labels.default({}),
  externalURL: z.string().default(''),
  alerts: z.array(alert).min(1),
});
export type Delivery = z.infer<typeof delivery>;

/** Reads a delivery; the error text names each field that is not as expected. Texts are cleaned. */
export function readDelivery(body: unknown): { delivery: Delivery } | { reason: string } {
  const read = delivery.safeParse(cleaned(body));
  if (read.success) return { delivery: read.data };
  const issues = read.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  return { reason: `Expected the body of Alertmanager's webhook version 4, but found: ${issues.join('; ')}` };
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleaned(inner)]));
}

const IMPACTS = ['core', 'part', 'group', 'single'] as const;
const URGENCY: Record<string, string> = { critical: 'critical', warning: 'medium', info: 'low' };

/** What the process is told about the alert behind a ticket (its variable `alert`). */
export type AlertFacts = {
  groupKey: string;
  /** critical | warning | info, or what the label says; '' without one. */
  severity: string;
  /** core | part | group | single, '' when neither the label nor the service tells. */
  tier: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** ISO 8601, the earliest start. */
  startsAt: string;
  source: 'alertmanager';
  /** Number of the closed ticket of the same group, '' for none. */
  follows: string;
};

/** A request in the words of the process, made from a delivery. */
export interface AlertRequest {
  title: string;
  description: string;
  service: string;
  impact: string;
  urgency: string;
  occurredAt: string;
  alert: AlertFacts;
}

/** @param tierOf the tier of a known service, null for an unknown one */
export function requestOf(
  delivery: Delivery,
  follows: string,
  tierOf: (service: string) => string | null,
): AlertRequest {
  const firing = delivery.alerts.filter((one) => one.status === 'firing');
  const shown = firing.length > 0 ? firing : delivery.alerts;
  const first = mostSevere(shown);
  const labels = { ...delivery.groupLabels, ...delivery.commonLabels, ...first?.labels };
  const annotations = { ...delivery.commonAnnotations, ...first?.annotations };
  const service = [labels['service'], labels['job']].find((name) => name !== undefined && tierOf(name) !== null) ?? '';
  const tier = IMPACTS.find((one) => one === labels['tier']) ?? tierOf(service) ?? '';
  const severity = labels['severity'] ?? '';
  const startsAt = new Date(Math.min(...shown.map((one) => one.startsAt))).toISOString();
  return {
    title: (annotations['summary'] ?? labels['alertname'] ?? delivery.groupKey).slice(0, 200),
    description: descriptionOf(shown, delivery),
    service,
    impact: tier === '' ? 'single' : tier,
    urgency: URGENCY[severity] ?? 'medium',
    occurredAt: startsAt,
    alert: {
      groupKey: delivery.groupKey,
      severity,
      tier,
      labels,
      annotations,
      startsAt,
      source: 'alertmanager',
      follows,
    },
  };
}

function mostSevere(alerts: Alert[]): Alert | undefined {
  const rank = (one: Alert) => ['critical', 'warning', 'info'].indexOf(one.labels['severity'] ?? '');
  return [...alerts].sort((a, b) => ((rank(a) + 4) % 4) - ((rank(b) + 4) % 4))[0];
}

const SHOWN_AT_MOST = 20;

function descriptionOf(alerts: Alert[], delivery: Delivery): string {
  const lines = alerts.slice(0, SHOWN_AT_MOST).map((one) => {
    const what = one.annotations['description'] ?? one.annotations['summary'] ?? one.labels['alertname'] ?? '';
    const where = one.labels['instance'];
    return `- ${where === undefined ? '' : `${where}: `}${what}${one.generatorURL === '' ? '' : ` (${one.generatorURL})`}`;
  });
  const hidden = Math.max(0, alerts.length - SHOWN_AT_MOST) + delivery.truncatedAlerts;
  if (hidden > 0) lines.push(`- ... +${hidden}`);
  if (delivery.externalURL !== '') lines.push(delivery.externalURL);
  return lines.join('\n').slice(0, 8000);
}
