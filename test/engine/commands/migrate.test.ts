import { describe, expect, it } from '@jest/globals';
import { execute } from '../../../engine/index.ts';
import {
  compensation,
  definitions,
  end,
  extensions,
  flows,
  message,
  node,
  on,
  process,
  service,
  signal,
  start,
  timer,
  undoneBy,
  user,
} from '../../support/bpmn.ts';
import { play, releaseOf, type Play } from '../../support/play.ts';

const file = (...inner: string[]): string =>
  definitions(process('p', ...inner), message('m', 'came'), message('n', 'other'), signal('s', 'called'));
const edge = (host: string, what: string, more = ''): string =>
  node('boundaryEvent', `on_${host}`, `attachedToRef="${host}" ${more}`, what);
const called = (id: string): string => extensions(`<zeebe:calledElement processId="${id}"/>`);
const loop = (marker: string): string =>
  `<bpmn:multiInstanceLoopCharacteristics ${marker}><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>`;
const group = (id: string, event: string, attributes = 'isInterrupting="false"'): string =>
  node(
    'subProcess',
    id,
    'triggeredByEvent="true"',
    node('startEvent', `${id}_s`, attributes, event),
    user(`${id}_t`),
    flows(`${id}_s -> ${id}_t`),
  );

/** Goes over to another diagram, as release 2 (or more). */
async function migrate(game: Play, xml: string, elements: Record<string, string> = {}, to = 'p') {
  const id = String(game.releases.size + 1);
  game.releases.set(id, { ...(await releaseOf(xml)), id });
  return game.do({ type: 'Migrate', release: id, process: to, elements });
}
const token = (game: Play, element: string, nth = 0): number =>
  game.instance.tokens.filter((one) => one.element === element)[nth]?.id ?? -1;
const types = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

describe('migrating an instance', () => {
  const one = file(start(), user('a'), user('b'), end(), flows('start -> a -> b -> end'));
  const longer = file(start(), user('a'), user('extra'), user('b'), end(), flows('start -> a -> extra -> b -> end'));

  it('goes on in the other diagram with the task that is open, and who has it', async () => {
    const game = await play(one);
    const task = token(game, 'a');
    game.do({ type: 'AssignTask', task, assignee: 'ada' });
    expect(await migrate(game, longer)).toEqual([{ type: 'InstanceMigrated', release: '2', process: 'p', moved: [] }]);
    expect(game.instance).toMatchObject({ release: '2', tokens: [{ id: task, task: { assignee: 'ada' } }] });
    game.complete('a');
    expect(game.tasks()).toEqual(['extra']);
  });

  it('takes elements for those that they are mapped to', async () => {
    const game = await play(one);
    const task = token(game, 'a');
    const renamed = file(start(), user('x'), user('y'), end(), flows('start -> x -> y -> end'));
    const events = await migrate(game, renamed, { a: 'x' });
    expect(events).toMatchObject([{ moved: [{ id: task, element: 'x' }] }]);
    game.complete('x');
    expect(game.tasks()).toEqual(['y']);
  });

  it('goes over to a process of another id', async () => {
    const game = await play(file(start(), node('subProcess', 'a', '', user('in')), flows('start -> a')));
    const other = definitions(
      process('q', start(), node('subProcess', 'a', '', user('in')), user('b'), flows('start -> a -> b')),
    );
    await migrate(game, other, {}, 'q');
    expect(game.instance).toMatchObject({ process: 'q', scopes: [{ element: 'q', process: 'q' }, { process: 'q' }] });
    game.complete('in');
    expect(game.tasks()).toEqual(['b']);
  });

  it('goes over several times, and its history is reproduced through all releases', async () => {
    const game = await play(one);
    await migrate(game, longer);
    game.complete('a');
    await migrate(game, file(start(), user('a'), user('last'), flows('start -> a -> last')), { extra: 'last' });
    game.complete('last');
    expect(game.instance.status).toBe('completed');
  });

  it('names everything that has no place, and why', async () => {
    const game = await play(
      file(
        start(),
        node('parallelGateway', 'split'),
        user('gone'),
        user('turned'),
        user('wrapped'),
        user('fine'),
        flows('start -> split -> gone', 'split -> turned', 'split -> wrapped', 'split -> fine'),
      ),
    );
    const other = file(
      start(),
      service('turned'),
      node('subProcess', 'box', '', user('wrapped')),
      user('fine'),
      flows('start -> turned -> box -> fine'),
    );
    const before = JSON.stringify(game.instance);
    const refused = migrate(game, other, { nobody: 'fine' });
    await expect(refused).rejects.toThrow(
      `Expected everything under way in instance 4096 to have its place in process "p" of release 2, but found ` +
        `"nobody": process "p" has no such element; ` +
        `"gone" (token ${token(game, 'gone')}): there is no "gone" in process "p" there; ` +
        `"turned" (token ${token(game, 'turned')}): "turned" is a bpmn:ServiceTask there, not a bpmn:UserTask; ` +
        `"wrapped" (token ${token(game, 'wrapped')}): "wrapped" lies in "box" there, not in "p". ` +
        'Say which elements these are there, or move the tokens first.',
    );
    expect(JSON.stringify(game.instance)).toBe(before);
    await expect(migrate(game, other, {}, 'q')).rejects.toThrow('"q": there is no process "q" there');
  });

  it('is refused where it is already, and without the release', async () => {
    const game = await play(one);
    const command = { type: 'Migrate', process: 'p', elements: {}, at: 0, actor: 'user:test' } as const;
    expect(() => execute(game.release, game.instance, { ...command, release: '1' })).toThrow(
      'Expected instance 4096 to be in another release, but it is in 1.',
    );
    expect(() => execute(game.release, game.instance, { ...command, release: '2' })).toThrow(
      'Expected release 2 to be there, but it is not.',
    );
  });
});

describe('migrating what waits', () => {
  const waitingAt = (what: string, more = ''): string =>
    file(start(), user('a'), edge('a', what), user('b'), more, flows('start -> a -> b', 'on_a -> b'));

  it('keeps a timer that is the same there as it was set', async () => {
    const game = await play(waitingAt(timer('Duration', 'PT4H')));
    const [armed] = game.instance.timers;
    game.now += 1000;
    expect(types(await migrate(game, waitingAt(timer('Duration', 'PT4H'))))).toEqual(['InstanceMigrated']);
    expect(game.instance.timers).toEqual([armed]);
  });

  it('sets a timer anew, from now on, when it is another there', async () => {
    const game = await play(waitingAt(timer('Duration', 'PT4H')));
    game.now += 1000;
    const events = await migrate(game, waitingAt(timer('Duration', 'PT1H')));
    expect(types(events)).toEqual(['InstanceMigrated', 'TimerCancelled', 'TimerSet']);
    expect(game.instance.timers).toMatchObject([{ due: game.now + 3_600_000 }]);
  });

  it('does not begin again what has come already', async () => {
    const twice = (more = ''): string =>
      file(
        start(),
        user('a'),
        edge('a', timer('Duration', 'PT1H'), 'cancelActivity="false"'),
        user('b'),
        more,
        flows('start -> a', 'on_a -> b'),
      );
    const game = await play(twice());
    game.advance('PT1H');
    await migrate(game, twice(user('unused')));
    expect(game.instance.timers).toEqual([]);
  });

  it('ends the wait of an event that is gone, and begins that of one that is new', async () => {
    const game = await play(waitingAt(timer('Duration', 'PT4H')));
    await migrate(
      game,
      file(
        start(),
        user('a'),
        user('b'),
        node('boundaryEvent', 'new', 'attachedToRef="a"', on('message', 'm')),
        flows('start -> a -> b', 'new -> b'),
      ),
    );
    expect(game.instance).toMatchObject({ timers: [], messages: [{ element: 'new', name: 'came', key: 'k' }] });
    game.message('came');
    expect(game.tasks()).toEqual(['b']);
  });

  it('keeps subscriptions under their new element, and takes others for others', async () => {
    const catching = (id: string, what: string): string =>
      file(start(), node('intermediateCatchEvent', id, '', what), user('b'), flows(`start -> ${id} -> b`));
    const game = await play(catching('c', on('message', 'm')));
    const [wait] = game.instance.messages;
    await migrate(game, catching('d', on('message', 'm')), { c: 'd' });
    expect(game.instance.messages).toEqual([{ ...wait, element: 'd' }]);
    const events = await migrate(game, catching('d', on('message', 'n')));
    expect(types(events)).toEqual(['InstanceMigrated', 'MessageUnsubscribed', 'MessageSubscribed']);
    await migrate(game, catching('d', on('signal', 's')));
    expect(game.instance).toMatchObject({ messages: [], signals: [{ name: 'called' }] });
    game.signal('called');
    expect(game.tasks()).toEqual(['b']);
  });

  it('takes the events behind an event-based gateway for those that are there', async () => {
    const race = (...waits: [string, string][]): string =>
      file(
        start(),
        node('eventBasedGateway', 'race'),
        user('b'),
        ...waits.map(([id, what]) => node('intermediateCatchEvent', id, '', what)),
        flows('start -> race', ...waits.map(([id]) => `race -> ${id} -> b`)),
      );
    const game = await play(race(['x', on('message', 'm')], ['y', timer('Duration', 'PT1H')]));
    await migrate(game, race(['z', on('message', 'm')], ['w', on('signal', 's')]), { x: 'z' });
    expect(game.instance).toMatchObject({ timers: [], messages: [{ element: 'z' }], signals: [{ element: 'w' }] });
    game.message('came');
    expect(game.tasks()).toEqual(['b']);
  });

  it('looks at a condition that is new, and at one that is another', async () => {
    const level = (text: string): string =>
      waitingAt(
        `<bpmn:conditionalEventDefinition><bpmn:condition>=${text}</bpmn:condition></bpmn:conditionalEventDefinition>`,
      );
    const game = await play(level('level = 5'), { level: 2 });
    await migrate(game, level('level = 2'));
    expect(game.tasks()).toEqual(['b']);
  });

  it('takes event sub-processes for those that are there, but not once an interrupting one has begun', async () => {
    const around = (...groups: string[]): string => file(start(), user('a'), ...groups, flows('start -> a'));
    const game = await play(around(group('g', on('message', 'm')), group('h', on('signal', 's'))));
    await migrate(game, around(group('h', on('signal', 's')), group('i', on('message', 'n'), '')));
    expect(game.instance).toMatchObject({
      messages: [{ element: 'i_s', name: 'other' }],
      signals: [{ element: 'h_s' }],
    });
    game.message('other');
    expect(game.at()).toEqual(['i', 'i_t']);
    await migrate(game, around(group('g', on('message', 'm')), group('i', on('message', 'n'), '')));
    expect(game.instance.messages).toEqual([]);
  });

  it('takes event sub-processes over also where an interrupting one was entered by hand', async () => {
    const around = (...groups: string[]): string => file(start(), user('a'), ...groups, flows('start -> a'));
    const game = await play(around(group('g', on('message', 'm')), group('i', on('signal', 's'), '')));
    game.do({ type: 'Modify', activate: [{ element: 'i_t' }] });
    await migrate(game, around(group('g2', on('message', 'm')), group('i', on('signal', 's'), '')), {
      g: 'g2',
      g_s: 'g2_s',
      g_t: 'g2_t',
    });
    expect(game.instance).toMatchObject({ messages: [{ element: 'g2_s' }], signals: [{ element: 'i_s' }] });
  });

  it('is refused when an expression of a new wait fails', async () => {
    const game = await play(waitingAt(timer('Duration', 'PT4H')));
    await expect(migrate(game, waitingAt(timer('Duration', '=unknown')))).rejects.toThrow('unknown');
    expect(game.instance).toMatchObject({ release: '1', timers: [{}] });
  });
});

describe('migrating scopes, joins, loops, jobs and what can be undone', () => {
  const joining = (join: string, ways: string[]): string =>
    file(
      start(),
      node('parallelGateway', 'split'),
      ...ways.map((id) => user(id)),
      node('parallelGateway', join),
      user('after'),
      flows(`start -> split`, ...ways.map((id) => `split -> ${id} -> ${join}`), `${join} -> after`),
    );

  it('keeps what has arrived at a join, which fires when it has all that it needs there', async () => {
    const game = await play(joining('join', ['a', 'b', 'c']));
    game.complete('a');
    await migrate(game, joining('meet', ['x', 'b', 'c']), { a: 'x', join: 'meet' });
    expect(game.instance.tokens).toMatchObject([{}, {}, { element: 'meet', via: 'x_meet' }]);
    game.complete('b');
    await expect(migrate(game, joining('meet', ['b', 'c']))).rejects.toThrow(
      'it came by flow "x_meet", which does not lead to "meet" there',
    );
    game.do({ type: 'Modify', terminate: [token(game, 'meet')] });
    await migrate(game, joining('meet', ['b', 'c']));
    game.complete('c');
    expect(game.tasks()).toEqual(['after']);
  });

  it('fires a join at once that needs no more there', async () => {
    const game = await play(joining('join', ['a', 'b', 'c']));
    game.complete('a');
    game.complete('b');
    game.do({ type: 'Modify', terminate: [token(game, 'c')] });
    expect(game.instance.incidents).toHaveLength(1);
    await migrate(game, joining('join', ['a', 'b']));
    expect(game.tasks()).toEqual(['after']);
    expect(game.instance.incidents).toEqual([]);
  });

  it('keeps loops in their midst, and refuses another kind of loop', async () => {
    const each = (marker: string, more: string): string =>
      file(start(), node('userTask', 'each', '', loop(marker)), more, flows('start -> each -> after'));
    const game = await play(each('isSequential="true"', user('after')));
    game.complete('each');
    await expect(migrate(game, each('', user('after')))).rejects.toThrow(
      '"each" is a parallel multi-instance activity there, not a sequential multi-instance activity',
    );
    await migrate(game, each('isSequential="true"', service('after')));
    game.complete('each');
    game.complete('each');
    expect(game.at()).toEqual(['after']);
  });

  it('keeps called processes, which go over too', async () => {
    const calling = (inner: string): string =>
      definitions(
        process(
          'p',
          start(),
          node('callActivity', 'call', '', called('q')),
          edge('call', timer('Duration', 'PT1H')),
          user('after'),
          flows('start -> call -> after', 'on_call -> after'),
        ),
        process('q', inner),
      );
    const game = await play(
      calling(
        user('qa') +
          group(
            'g',
            '<bpmn:timerEventDefinition><bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition>',
          ),
      ),
    );
    await expect(migrate(game, calling(user('other')))).rejects.toThrow('there is no "qa" in process "q" there');
    const alone = definitions(
      process(
        'p',
        start(),
        node('callActivity', 'call', '', extensions('<zeebe:calledElement processId="=q"/>')),
        user('after'),
        flows('start -> call -> after'),
      ),
    );
    await expect(migrate(game, alone)).rejects.toThrow('it has called process "q", which is not there');
    await migrate(game, calling(user('qa') + user('qb') + flows('qa -> qb')));
    expect(game.instance.timers).toMatchObject([{ element: 'on_call' }]);
    game.complete('qa');
    game.complete('qb');
    expect(game.tasks()).toEqual(['after']);
  });

  it('keeps jobs as they are, and asks again by what is there when their incident is resolved', async () => {
    const work = (type: string): string => file(start(), service('work', type), flows('start -> work'));
    const game = await play(work('old'));
    game.do({ type: 'FailJob', job: token(game, 'work'), message: 'broken', retries: 0, retryAt: game.now });
    await migrate(game, work('new'));
    expect(game.instance.tokens[0]?.job).toEqual({ type: 'old', retries: 0 });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? -1 });
    expect(game.instance.tokens[0]?.job).toEqual({ type: 'new', retries: 2 });
  });

  it('lets a step that failed be tried again there', async () => {
    const deciding = (text: string): string =>
      file(
        start(),
        node('scriptTask', 'work', '', extensions(`<zeebe:script expression="=${text}" resultVariable="x"/>`)),
        user('b'),
        edge('work', timer('Duration', 'PT1H')),
        flows('start -> work -> b', 'on_work -> b'),
      );
    const game = await play(
      file(
        start(),
        node('callActivity', 'work', '', extensions('<zeebe:calledElement processId="=unknown"/>')),
        user('b'),
        flows('start -> work -> b'),
      ),
    );
    expect(game.instance.incidents).toMatchObject([{ phase: 'enter' }]);
    await expect(migrate(game, deciding('1'))).rejects.toThrow('"work" is a bpmn:ScriptTask there');
    await migrate(
      game,
      definitions(
        process(
          'p',
          start(),
          node('callActivity', 'work', '', called('q')),
          user('b'),
          edge('work', timer('Duration', 'PT1H')),
          flows('start -> work -> b', 'on_work -> b'),
        ),
        process('q', user('qa')),
      ),
    );
    expect(game.instance.timers).toEqual([]);
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? -1 });
    expect(game.tasks()).toEqual(['qa']);
    expect(game.instance.timers).toHaveLength(1);
  });

  it('undoes there what has completed here, and is refused when nothing can', async () => {
    const booked = (id: string, handler: string): string =>
      file(
        start(),
        user(id),
        undoneBy(id, user(`undo_${handler}`)).replaceAll(`undo_${id}`, `undo_${handler}`),
        user('next'),
        node('intermediateThrowEvent', 'undo', '', compensation()),
        flows(`start -> ${id} -> next -> undo`),
      );
    const game = await play(booked('book', 'book'));
    game.complete('book');
    await expect(migrate(game, file(start(), user('next'), flows('start -> next')))).rejects.toThrow(
      '"book": it has completed and may have to be undone, but there is no "book" in process "p" there',
    );
    await expect(
      migrate(game, file(start(), user('book'), user('next'), flows('start -> book -> next'))),
    ).rejects.toThrow('but nothing undoes it there: its handler was "undo_book"');
    await migrate(game, booked('reserve', 'other'), { book: 'reserve' });
    game.complete('next');
    expect(game.tasks()).toEqual(['undo_other']);
  });

  it('gives the task the form that the other diagram has', async () => {
    const asking = (form: string): string => file(start(), user('a', extensions(form)), flows('start -> a'));
    const game = await play(asking('<zeebe:formDefinition formId="one"/>'));
    expect(await migrate(game, asking('<zeebe:formDefinition formId="two"/>'))).toMatchObject([
      {},
      { type: 'TaskUpdated', form: 'two' },
    ]);
  });
});
