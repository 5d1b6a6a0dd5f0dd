import { describe, expect, it } from '@jest/globals';
import type { Instance, Token } from '../../../engine/instance.ts';
import { ticketOf } from '../../../server/desk/projection.ts';
import { NEVER } from '../../../server/db/ticket.ts';

const properties: Record<string, Record<string, string>> = {
  handle: { 'ticket.state': 'in_progress' },
  accept: { 'ticket.state': 'assigned' },
  ask: { 'ticket.state': 'waiting_requester' },
  warn: { clock: 'response', percent: '75' },
  breach: { clock: 'response', percent: '100' },
};
const propertiesOf = (_process: string, element: string) => properties[element] ?? {};

const filed = Date.parse('2026-03-02T09:00:00Z');
const minutes = 60_000;

function token(id: number, element: string, scope: number, rest: Partial<Token> = {}): Token {
  return { id, element, scope, state: 'active', ...rest };
}

/** A request whose Handle sub-process is token 5; more tokens as given. */
function request(tokens: Token[], rest: Partial<Instance> = {}): Instance {
  const variables = { number: 'R-100001', title: '支付失败', priority: 'P1', group: 'core-experts', tier: 'L2' };
  return {
    id: '4711',
    release: '1',
    process: 'support-request',
    businessKey: 'R-100001',
    status: 'active',
    version: 3,
    nextId: 20,
    startedAt: filed,
    scopes: [
      { id: 0, parent: null, element: 'support-request', process: 'support-request', variables },
      { id: 5, parent: 0, element: 'handle', process: 'support-request', variables: {} },
    ],
    tokens: [token(5, 'handle', 0), ...tokens],
    timers: [],
    messages: [],
    signals: [],
    incidents: [],
    ...rest,
  };
}

const stateOf = (instance: Instance) => ticketOf(instance, propertiesOf)?.state;

describe('the state of a ticket', () => {
  it('is that of the innermost element in which a token rests', () => {
    expect(stateOf(request([token(6, 'accept', 5)]))).toBe('assigned');
    expect(stateOf(request([token(6, 'diagnose', 5)]))).toBe('in_progress');
  });

  it('is that of the token that came last when two are equally deep', () => {
    expect(stateOf(request([token(6, 'accept', 5), token(7, 'ask', 5)]))).toBe('waiting_requester');
  });

  it('is not moved by a token that does not rest or says nothing', () => {
    expect(stateOf(request([token(6, 'accept', 5), token(7, 'ask', 5, { state: 'arrived' })]))).toBe('assigned');
    expect(stateOf(request([token(6, 'accept', 5), token(8, 'notify', 5)]))).toBe('assigned');
    expect(stateOf(request([], { tokens: [token(9, 'notify', 0)] }))).toBeNull();
  });

  it('is closed or cancelled once the process has ended', () => {
    expect(stateOf(request([], { tokens: [], status: 'completed' }))).toBe('closed');
    expect(stateOf(request([], { tokens: [], status: 'cancelled' }))).toBe('cancelled');
  });
});

describe('a ticket', () => {
  it('is not made of a case that only has a variable of that name', () => {
    const order = request([token(6, 'accept', 5)], { businessKey: 'order-1' });
    expect(ticketOf(order, propertiesOf)).toBeNull();
    delete order.businessKey;
    expect(ticketOf(order, propertiesOf)).toBeNull();
  });

  it('is not made of an instance without a number', () => {
    const other = request([]);
    other.scopes = [{ id: 0, parent: null, element: 'p', process: 'p', variables: {} }];
    expect(ticketOf(other, propertiesOf)).toBeNull();
  });

  it('belongs to whoever has the task that gives its state', () => {
    const task = { assignee: 'anna', groups: [], users: [] };
    expect(ticketOf(request([token(6, 'accept', 5, { task })]), propertiesOf)?.assignee).toBe('anna');
    expect(ticketOf(request([token(6, 'accept', 5)]), propertiesOf)?.assignee).toBeNull();
  });

  it('is due when its next clock is missed, and since it was filed when one was', () => {
    const timers = [
      { id: 10, element: 'warn', host: 5, due: filed + 22 * minutes },
      { id: 11, element: 'breach', host: 5, due: filed + 30 * minutes },
    ];
    const running = ticketOf(request([token(6, 'accept', 5)], { timers }), propertiesOf);
    expect(running?.clocks).toEqual([
      { name: 'response', warnAt: filed + 22 * minutes, breachAt: filed + 30 * minutes, breached: false },
    ]);
    expect(running?.dueAt).toBe(filed + 30 * minutes);

    const missed = request([token(6, 'accept', 5)]);
    missed.scopes[0]!.variables['responseBreached'] = true; // the root scope is always there
    expect(ticketOf(missed, propertiesOf)).toMatchObject({
      clocks: [{ name: 'response', warnAt: null, breachAt: null, breached: true }],
      dueAt: filed,
    });
    expect(ticketOf({ ...missed, status: 'completed', tokens: [] }, propertiesOf)?.dueAt).toBe(NEVER);
  });
});
