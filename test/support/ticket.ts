import type { TicketDraft } from '../../server/db/ticket.ts';

/** A ticket as a test needs it. */
export function draftOf(change: Partial<TicketDraft>): TicketDraft {
  const instanceId = change.instanceId ?? '4097';
  return {
    instanceId,
    number: `R-${instanceId}`,
    state: 'assigned',
    title: '',
    description: '',
    channel: 'portal',
    client: '',
    requester: 'mei',
    requesterName: 'Mei',
    contact: '',
    locale: 'zh',
    service: 'crm',
    type: 'application-error',
    category: 'login',
    priority: 'P2',
    impact: 'part',
    urgency: 'high',
    group: 'app-support',
    tier: 'L1',
    assignee: null,
    question: '',
    answer: '',
    solution: '',
    rating: null,
    ratingComment: '',
    follows: '',
    awaits: [],
    clocks: [],
    dueAt: 20,
    accessHash: 'x',
    createdAt: 1,
    endedAt: null,
    ...change,
  };
}
