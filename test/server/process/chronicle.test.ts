import { expect, it } from '@jest/globals';
import { chronicleOf } from '../../../server/process/chronicle.ts';
import type { Chronicle } from '../../../server/process/chronicle.ts';
import * as bpmn from '../../support/bpmn.ts';
import { MONDAY, play } from '../../support/play.ts';
import type { Play } from '../../support/play.ts';

const { definitions, end, extensions, flows, mapping, node, process, service, start, user } = bpmn;

function told(game: Play): Chronicle {
  const chronicle = chronicleOf(game.history);
  if (chronicle === null) throw new Error('Expected a history, but found none.');
  return chronicle;
}

const elementsOf = (game: Play) =>
  told(game).elements.map((it) => `${it.element} ${it.state}${it.body ? ' body' : ''}`);

it('tells what is worked on, what is done and what was ended from outside', async () => {
  const late = node('boundaryEvent', 'late', 'attachedToRef="fix"', bpmn.timer('Duration', 'PT1H'));
  const game = await play(
    definitions(
      process(
        'p',
        start(),
        user('fix'),
        late,
        user('help'),
        end(),
        flows('start -> fix -> end', 'late -> help -> end'),
      ),
    ),
  );
  game.advance('PT2H');
  expect(elementsOf(game)).toEqual(['p ACTIVE', 'start COMPLETED', 'fix TERMINATED', 'late COMPLETED', 'help ACTIVE']);
  const [root, , fix] = told(game).elements;
  expect(root).toMatchObject({ id: 0, scope: null, startedAt: MONDAY, endedAt: null });
  expect(fix).toMatchObject({ scope: 0, startedAt: MONDAY, endedAt: MONDAY + 3600_000 });
  expect(told(game).flows.map(({ flow }) => flow)).toEqual(['start_fix', 'late_help']);
  game.complete('help');
  expect(elementsOf(game).at(0)).toBe('p COMPLETED');
});

it('counts a token that waits in a join as nothing yet', async () => {
  const both = (id: string) => node('parallelGateway', id);
  const game = await play(
    definitions(
      process(
        'p',
        start(),
        both('fork'),
        user('a'),
        user('b'),
        both('join'),
        end(),
        flows('start -> fork -> a -> join -> end', 'fork -> b -> join'),
      ),
    ),
  );
  game.complete('a');
  expect(elementsOf(game)).not.toContain('join ACTIVE');
  game.complete('b');
  expect(elementsOf(game).filter((it) => it.startsWith('join'))).toEqual(['join COMPLETED']);
});

it('tells the body of a loop, its iterations and their variables', async () => {
  const loop =
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=hosts" inputElement="host"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>';
  const game = await play(
    definitions(process('p', start(), user('check', loop), end(), flows('start -> check -> end'))),
    { hosts: ['db1', 'db2'] },
  );
  expect(elementsOf(game).slice(2)).toEqual(['check ACTIVE body', 'check ACTIVE', 'check ACTIVE']);
  const [, , body, first] = told(game).elements;
  expect(first?.scope).toBe(body?.id);
  const mine = told(game).variables.filter(({ scope }) => scope === first?.id);
  expect(mine.map(({ name, value }) => [name, value])).toEqual([
    ['host', 'db1'],
    ['loopCounter', 1],
  ]);
});

it('keeps the last value and the number of a variable, also when its scope is gone', async () => {
  const mapped = service('mail', 'mail', mapping({ subject: '=title' }, { sent: '=at' }));
  const game = await play(
    definitions(process('p', start(), mapped, user('look'), end(), flows('start -> mail -> look -> end'))),
    { title: 'Printer' },
  );
  const before = told(game).variables;
  game.completeJob('mail', { at: 7 });
  game.do({ type: 'SetVariables', variables: { title: 'Scanner' } });
  const after = told(game).variables;
  const numbered = after.map(({ id, name, value }) => [id, name, value]);
  expect(numbered).toEqual([
    [1, 'title', 'Scanner'],
    [2, 'subject', 'Printer'],
    [3, 'at', 7],
    [4, 'sent', 7],
  ]);
  expect(before.map(({ id, name }) => [id, name])).toEqual(numbered.slice(0, 2).map(([id, name]) => [id, name]));
});

it('names the inside of a called process by that process', async () => {
  const call = node('callActivity', 'call', '', extensions('<zeebe:calledElement processId="inner"/>'));
  const game = await play(
    definitions(
      process('p', start(), call, end(), flows('start -> call -> end')),
      process('inner', start('begin'), user('fix'), end('done'), flows('begin -> fix -> done')),
    ),
  );
  const [root, , caller, , fix] = told(game).elements;
  expect([root, caller, fix].map((it) => [it?.element, it?.process])).toEqual([
    ['p', 'p'],
    ['call', 'p'],
    ['fix', 'inner'],
  ]);
  expect(fix?.scope).toBe(caller?.id);
});

it('tells incidents that are open and those that were resolved, with their jobs', async () => {
  const game = await play(definitions(process('p', start(), service('mail'), end(), flows('start -> mail -> end'))));
  const fail = (): void => {
    const job = game.instance.tokens[0]?.id ?? -1;
    game.do({ type: 'FailJob', job, retries: 0, retryAt: game.now, message: 'Expected an answer, but found none.' });
  };
  fail();
  const [first] = told(game).incidents;
  expect(first).toMatchObject({ element: 'mail', kind: 'job', job: first?.token, raisedAt: MONDAY, resolvedAt: null });
  expect(told(game).elements.at(-1)).toMatchObject({ element: 'mail', state: 'ACTIVE', incident: first?.id });
  game.now += 1000;
  game.do({ type: 'ResolveIncident', incident: first?.id ?? -1 });
  expect(told(game).incidents).toMatchObject([{ resolvedAt: MONDAY + 1000 }]);
  expect(told(game).elements.at(-1)?.incident).toBe(null);
  fail();
  expect(told(game).incidents.map(({ resolvedAt }) => resolvedAt)).toEqual([MONDAY + 1000, null]);
});
