import { describe, expect, it } from '@jest/globals';
import { plainStatus } from '../../../server/desk/status.ts';
import { NEVER } from '../../../server/db/ticket.ts';
import type { Ticket } from '../../../server/db/ticket.ts';

const now = Date.parse('2026-03-02T10:45:00Z');
const minutes = 60_000;

const ticket = (rest: Partial<Ticket>): Ticket => ({
  instanceId: '1',
  number: 'R-100001',
  state: 'in_progress',
  title: '',
  description: '',
  channel: 'portal',
  client: '',
  requester: 'mei',
  requesterName: 'Mei',
  contact: '',
  locale: 'zh',
  service: '',
  type: '',
  category: '',
  priority: 'P2',
  impact: '',
  urgency: '',
  group: 'dba',
  tier: 'L2',
  assignee: null,
  groupSince: now - 5 * minutes,
  question: '',
  answer: '',
  solution: '',
  rating: null,
  ratingComment: '',
  follows: '',
  awaits: [],
  clocks: [],
  dueAt: NEVER,
  accessHash: '',
  createdAt: now - 60 * minutes,
  updatedAt: now,
  endedAt: null,
  ...rest,
});

const clock = (name: string, breachAt: number | null, breached = false) => ({ name, warnAt: null, breachAt, breached });

describe('a request in plain words', () => {
  it('promises news by the first clock that runs out', () => {
    const clocks = [clock('resolution', now + 90 * minutes), clock('update', now + 15 * minutes)];
    expect(plainStatus(ticket({ clocks }), now)).toMatchObject({
      key: 'working',
      step: 'working',
      since: now - 5 * minutes,
      newsBy: now + 15 * minutes,
      late: false,
    });
  });

  it('says that it is late, and promises nothing that is over', () => {
    const late = plainStatus(ticket({ clocks: [clock('response', null, true), clock('resolution', now - 1)] }), now);
    expect(late).toMatchObject({ newsBy: null, late: true });
  });

  it('asks for what the process waits for, and promises no news meanwhile', () => {
    const clocks = [clock('update', now + 15 * minutes)];
    const asked = (awaits: string[], state: Ticket['state'] = 'waiting_requester') =>
      plainStatus(ticket({ awaits, state, clocks }), now);
    expect(asked(['requester.replied'])).toMatchObject({ key: 'reply', step: 'working', newsBy: null });
    expect(asked(['requester.confirmed', 'requester.rejected'])).toMatchObject({ key: 'confirm', step: 'solved' });
    expect(asked(['survey.submitted'], 'resolved')).toMatchObject({ key: 'resolved', asked: { rate: true } });
  });

  it('names no group before one has it, and ends', () => {
    expect(plainStatus(ticket({ group: '', state: 'new' }), now)).toMatchObject({ key: 'sorting', step: 'filed' });
    const ended = plainStatus(ticket({ state: 'closed', endedAt: now, clocks: [clock('response', null, true)] }), now);
    expect(ended).toMatchObject({ key: 'closed', step: 'closed', late: false });
    expect(plainStatus(ticket({ state: 'cancelled', endedAt: now }), now).key).toBe('cancelled');
  });
});
