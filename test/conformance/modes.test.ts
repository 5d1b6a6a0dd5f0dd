import { expect, it } from '@jest/globals';
import { definitions, end, flows, process, start, user } from '../support/bpmn.ts';
import { MONDAY, releaseOf } from '../support/play.ts';
import { deliveries, Deviation, type Mode, type Sent, type Stored } from './modes.ts';

const MODEL = definitions(process('p', start(), user('u'), end(), flows('start -> u -> end')));

const asked = (id: string, command: object): Sent =>
  ({ id, command: { at: MONDAY, actor: 'user:test', ...command } }) as Sent;
const begin = asked('1', { type: 'Start', instance: '1', release: '1', process: 'p', variables: {} });

async function started(mode: Mode): Promise<{ stored: Stored; send: (sent: Sent) => number }> {
  const release = await releaseOf(MODEL);
  const stored: Stored = { instance: null, history: [], heard: new Set() };
  const send = (sent: Sent): number => deliveries[mode](release, stored, sent).length;
  send(begin);
  return { stored, send };
}

it('notices a state that its history does not tell', async () => {
  const { stored, send } = await started('replay');
  stored.instance?.scopes.forEach((scope) => (scope.variables = { ...scope.variables, forged: true }));
  const task = stored.instance?.tokens[0]?.id;
  expect(() => send(asked('2', { type: 'CompleteTask', task, variables: {} }))).toThrow(Deviation);
});

it('does nothing for a command that the store has heard', async () => {
  const { stored, send } = await started('crash');
  expect(send(begin)).toBe(0);
  expect(send(asked('2', { type: 'SetVariables', variables: { a: 1 } }))).toBe(1);
  expect(send(asked('2', { type: 'SetVariables', variables: { a: 2 } }))).toBe(0);
  expect(stored.instance?.scopes[0]?.variables).toEqual({ a: 1 });
});

it('notices a command that has an effect twice', async () => {
  const { stored, send } = await started('crash');
  const task = stored.instance?.tokens[0]?.id;
  expect(() => send(asked('2', { type: 'AssignTask', task, assignee: 'anna' }))).toThrow('the second AssignTask');
});
