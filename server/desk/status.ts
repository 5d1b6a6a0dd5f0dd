/** A ticket in plain words for the requester: who has it since when, when to expect news, how far it is. */
import type { Instant } from '../../engine/instance.ts';
import type { Ticket } from '../db/ticket.ts';

/** The steps that a requester sees, in order. */
export const STEPS = ['filed', 'sorted', 'working', 'solved', 'closed'] as const;
export type Step = (typeof STEPS)[number];

/** What the requester can do now. */
export interface Asked {
  /** A question waits for an answer. */
  reply: boolean;
  /** A solution waits to be confirmed or rejected. */
  confirm: boolean;
  rate: boolean;
}

export interface PlainStatus {
  /** The text `portal:status.KEY`. */
  key: string;
  step: Step;
  /** Since when the present group has it. */
  since: Instant;
  /** When the requester hears something at the latest, null when nothing is promised. */
  newsBy: Instant | null;
  /** A promise was missed and those responsible were told. */
  late: boolean;
  asked: Asked;
}

/** @param now what counts as over */
export function plainStatus(ticket: Ticket, now: Instant): PlainStatus {
  const asked = {
    reply: ticket.awaits.includes('requester.replied'),
    confirm: ticket.awaits.includes('requester.confirmed'),
    rate: ticket.awaits.includes('survey.submitted'),
  };
  const ended = ticket.endedAt !== null;
  const promised = ticket.clocks.flatMap(({ breachAt }) => (breachAt !== null && breachAt > now ? [breachAt] : []));
  const waits = asked.reply || asked.confirm || asked.rate || ended || ticket.state === 'resolved';
  return {
    key: keyOf(ticket, asked),
    step: stepOf(ticket, asked),
    since: ticket.groupSince,
    newsBy: waits || promised.length === 0 ? null : Math.min(...promised),
    late: !waits && ticket.clocks.some((clock) => clock.breached || (clock.breachAt !== null && clock.breachAt <= now)),
    asked,
  };
}

function keyOf(ticket: Ticket, asked: Asked): string {
  if (ticket.state === 'cancelled') return 'cancelled';
  if (ticket.endedAt !== null) return 'closed';
  if (asked.confirm) return 'confirm';
  if (asked.reply) return 'reply';
  if (ticket.state === 'resolved' || ticket.state === 'closed') return 'resolved';
  if (ticket.state === 'waiting_third_party') return 'third-party';
  if (ticket.state === 'new' || ticket.state === 'triage' || ticket.group === '') return 'sorting';
  return ticket.state === 'assigned' ? 'assigned' : 'working';
}

function stepOf(ticket: Ticket, asked: Asked): Step {
  if (ticket.endedAt !== null) return 'closed';
  if (asked.confirm || ticket.state === 'resolved') return 'solved';
  switch (ticket.state) {
    case 'new':
    case 'triage':
      return 'filed';
    case 'assigned':
      return 'sorted';
    default:
      return 'working';
  }
}
