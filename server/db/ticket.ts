/** A ticket: what the support desk sees of the process instance of one request. Nothing in it is set by hand. */
import type { Instant } from '../../engine/instance.ts';

/** Where a ticket stands, derived from the flow position (property `ticket.state` of the diagram's elements). */
export const TICKET_STATES = [
  'new',
  'triage',
  'assigned',
  'in_progress',
  'waiting_requester',
  'waiting_third_party',
  'resolved',
  'closed',
  'cancelled',
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** Whether nothing more will happen on a ticket in this state. */
export const isEnded = (state: TicketState): boolean => state === 'closed' || state === 'cancelled';

/** One running or missed service-level clock of a ticket. */
export interface TicketClock {
  /** `response`, `resolution`, `update` or a free name of the diagram. */
  name: string;
  /** The next warning before the breach, null when it has passed or there is none. */
  warnAt: Instant | null;
  /** When the target is missed, null when it has passed or the clock has stopped. */
  breachAt: Instant | null;
  breached: boolean;
}

/** One row of `tickets`. */
export interface Ticket {
  /** Decimal string, the key of the process instance. */
  instanceId: string;
  /** What people call it: "R-100001". */
  number: string;
  state: TicketState;
  title: string;
  description: string;
  channel: string;
  /** Id of the API token that filed it, '' for none. */
  client: string;
  /** Login, '' when nobody signed in stands behind the request (alerts, API clients). */
  requester: string;
  requesterName: string;
  contact: string;
  locale: string;
  service: string;
  type: string;
  category: string;
  /** P1..P4, '' before it is known. */
  priority: string;
  impact: string;
  urgency: string;
  group: string;
  tier: string;
  /** Login of whoever has the open task, null when nobody has. */
  assignee: string | null;
  /** Since when this group and tier have it. */
  groupSince: Instant;
  question: string;
  answer: string;
  solution: string;
  rating: number | null;
  ratingComment: string;
  /** Number of the closed ticket of the same alert group that this one follows, '' for none. */
  follows: string;
  /** Names of the messages that the process waits for: `requester.replied`, `requester.confirmed`, `alert.resolved` ... */
  awaits: string[];
  clocks: TicketClock[];
  /** What the list is sorted by: the next breach; a missed and unfinished ticket counts as due since it was filed; `NEVER` without a running clock. */
  dueAt: Instant;
  /** SHA-256 (hex) of the secret in the requester's link. */
  accessHash: string;
  createdAt: Instant;
  updatedAt: Instant;
  endedAt: Instant | null;
}

/** A ticket as far as the instance tells: `state` is null when no element says where it stands. */
export type TicketDraft = Omit<Ticket, 'state' | 'groupSince' | 'updatedAt'> & { state: TicketState | null };

/** Later than every real instant. */
export const NEVER: Instant = 8_640_000_000_000_000;

/** An entry of a ticket's conversation: for the requester too (`public`), for agents (`internal`), or who was told what (`notice`). */
export interface TicketNote {
  id: number;
  at: Instant;
  /** `user:LOGIN`, `client:NAME`, `job:TYPE`, ... */
  actor: string;
  audience: 'public' | 'internal' | 'notice';
  text: string;
  to: string[];
}
