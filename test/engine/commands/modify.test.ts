import { describe, expect, it } from '@jest/globals';
import type { Activation } from '../../../engine/index.ts';
import {
  compensation,
  definitions,
  end,
  error,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process,
  service,
  start,
  timer,
  undoneBy,
  user,
} from '../../support/bpmn.ts';
import { play, type Play } from '../../support/play.ts';

const many =
  '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>';
const file = (...inner: string[]): string =>
  definitions(process('p', ...inner), message('m', 'came'), error('e', 'E1'));
const inner = (id: string, ...more: string[]): string =>
  node('subProcess', id, '', ...more, start(`${id}_start`), user(`${id}_a`), user(`${id}_b`), end(`${id}_end`)) + '';
const stepsOf = (id: string): string => flows(`${id}_start -> ${id}_a -> ${id}_b -> ${id}_end`);
const sub = (id: string, ...more: string[]): string => inner(id, ...more, stepsOf(id));

const token = (game: Play, element: string, nth = 0): number => {
  const found = game.instance.tokens.filter((one) => one.element === element)[nth];
  expect(found?.element).toBe(element);
  return found?.id ?? -1;
};
const activate = (game: Play, element: string, more: Omit<Activation, 'element'> = {}) =>
  game.do({ type: 'Modify', activate: [{ element, ...more }] });
const seenAt = (game: Play, element: string, name: string) =>
  game.instance.scopes.find(({ id }) => id === token(game, element))?.variables[name];

describe('modifying an instance', () => {
  const two = file(start(), user('one'), user('two'), end(), flows('start -> one -> two -> end'));

  it('moves a token: the one at `from` ends, one begins at `to`', async () => {
    const game = await play(two);
    const events = game.do({ type: 'Modify', move: [{ from: 'one', to: 'two' }], reason: 'already done' });
    expect(events[0]).toEqual({
      type: 'InstanceModified',
      activated: ['two'],
      terminated: ['one'],
      reason: 'already done',
    });
    expect(events.map(({ type }) => type)).toContain('TaskCancelled');
    expect(game.tasks()).toEqual(['two']);
    game.complete('two');
    expect(game.instance.status).toBe('completed');
  });

  it('moves each of several tokens', async () => {
    const game = await play(two);
    activate(game, 'one');
    game.do({ type: 'Modify', move: [{ from: 'one', to: 'two' }] });
    expect(game.tasks()).toEqual(['two', 'two']);
  });

  it('ends the instance when nothing is left', async () => {
    const game = await play(two);
    game.do({ type: 'Modify', terminate: [token(game, 'one')], reason: 'obsolete' });
    expect(game.instance.status).toBe('cancelled');
    expect(game.events('InstanceEnded')).toMatchObject([{ status: 'cancelled', reason: 'obsolete' }]);
  });

  it('sets the variables of what it activates before input mappings read them', async () => {
    const game = await play(
      file(
        start(),
        user('one'),
        user('two', extensions(mapping({ copy: '=given' }))),
        end(),
        flows('start -> one -> two -> end'),
      ),
    );
    activate(game, 'two', { variables: [{ scope: 'two', variables: { given: 7 } }, { variables: { all: true } }] });
    expect(seenAt(game, 'two', 'copy')).toBe(7);
    expect(game.variables()).toEqual({ all: true });
  });

  it('does all or nothing', async () => {
    const game = await play(two);
    expect(() => game.do({ type: 'Modify', activate: [{ element: 'two' }, { element: 'nowhere' }] })).toThrow(
      'Expected an element of process "p", but found "nowhere". Choose one of start, one, two, end.',
    );
    expect(game.tasks()).toEqual(['one']);
  });

  it('fires a gateway that it activates, whatever has arrived', async () => {
    const game = await play(
      file(
        start(),
        node('parallelGateway', 'split'),
        user('left'),
        user('right'),
        node('parallelGateway', 'join'),
        user('after'),
        flows('start -> split -> left -> join -> after', 'split -> right -> join'),
      ),
    );
    activate(game, 'join');
    expect(game.tasks()).toEqual(['after', 'left', 'right']);
  });

  it('lets the next round of a complex gateway begin when the one that waits for its reset is ended', async () => {
    const activation = '<bpmn:activationCondition>=activationCount &gt;= 1</bpmn:activationCondition>';
    const game = await play(
      file(
        start(),
        node('parallelGateway', 'split'),
        user('left'),
        user('right'),
        node('complexGateway', 'join', '', activation),
        user('after'),
        flows('start -> split -> left -> join -> after', 'split -> right -> join'),
      ),
    );
    game.complete('left');
    activate(game, 'left');
    game.complete('left');
    expect(game.tasks()).toEqual(['after', 'right']);
    game.do({ type: 'Modify', terminate: [token(game, 'join')] });
    expect(game.tasks()).toEqual(['after', 'after', 'right']);
  });

  it('takes an ad-hoc sub-process with listeners in once when it is moved to itself', async () => {
    const told = '<zeebe:executionListener eventType="start" type="told"/>';
    const listeners = `<bpmn:extensionElements><zeebe:executionListeners>${told}</zeebe:executionListeners></bpmn:extensionElements>`;
    const game = await play(
      file(
        start(),
        node('adHocSubProcess', 'free', '', listeners, user('one'), user('two')),
        node('endEvent', 'end'),
        flows('start -> free -> end'),
      ),
    );
    const [asked] = game.events('JobRequested');
    game.do({ type: 'CompleteJob', job: asked?.job ?? 0, variables: {} });
    expect(game.tasks()).toEqual(['one', 'two']);
    game.do({ type: 'Modify', move: [{ from: 'free', to: 'free' }] });
    expect(game.events('JobRequested')).toHaveLength(2);
  });

  it('lets an inclusive join go on without what was ended', async () => {
    const game = await play(
      file(
        start(),
        node('inclusiveGateway', 'split'),
        user('left'),
        user('right'),
        node('inclusiveGateway', 'join'),
        user('after'),
        flows('start -> split -> left -> join -> after', 'split -> right -> join'),
      ),
    );
    game.complete('left');
    game.do({ type: 'Modify', terminate: [token(game, 'right')] });
    expect(game.tasks()).toEqual(['after']);
  });

  it.each([
    ['join_after', 'is a sequence flow. Name the element at its end, "after"'],
    ['start', 'is a bpmn:StartEvent. Name the element behind it, or what it begins'],
    ['edge', 'is a bpmn:BoundaryEvent. Name the element behind it, or the activity that it sits on'],
    ['undo_work', 'only undoes what has completed'],
    ['inside', 'Name the scope of an iteration, or activate "loop"'],
  ])('refuses to activate %s', async (element, reason) => {
    const game = await play(
      file(
        start(),
        user('work'),
        undoneBy('work'),
        node('boundaryEvent', 'edge', 'attachedToRef="work"', timer('Duration', 'PT1H')),
        node('task', 'join'),
        user('after'),
        node('subProcess', 'loop', '', many, start('s'), user('inside'), flows('s -> inside')),
        flows('start -> work -> join -> after -> loop', 'edge -> after'),
      ),
    );
    expect(() => activate(game, element)).toThrow(reason);
  });
});

describe('modifying an instance with scopes', () => {
  const nested = file(
    start(),
    user('before'),
    node(
      'subProcess',
      'outer',
      '',
      extensions(mapping({ level: '=1' })),
      start('os'),
      sub('deep'),
      node(
        'subProcess',
        'event',
        'triggeredByEvent="true"',
        node('startEvent', 'es', 'isInterrupting="false"', on('message', 'm')),
        user('asked'),
        flows('es -> asked'),
      ),
      flows('os -> deep'),
    ),
    node('boundaryEvent', 'late', 'attachedToRef="outer"', timer('Duration', 'PT1H')),
    user('after'),
    end(),
    flows('start -> before -> outer -> after -> end', 'late -> after'),
  );

  it('opens the scopes around what it activates, with all that waits there', async () => {
    const game = await play(nested);
    game.do({
      type: 'Modify',
      move: [{ from: 'before', to: 'deep_b' }],
    });
    expect(game.tasks()).toEqual(['deep_b']);
    expect(game.at()).toEqual(['deep', 'deep_b', 'outer']);
    expect(seenAt(game, 'outer', 'level')).toBe(1);
    expect(game.instance.timers).toMatchObject([{ element: 'late' }]);
    game.message('came');
    game.complete('asked');
    game.complete('deep_b');
    expect(game.tasks()).toEqual(['after']);
  });

  it('gives each scope its variables', async () => {
    const game = await play(nested);
    activate(game, 'deep_b', {
      variables: [
        { scope: 'outer', variables: { o: 1 } },
        { scope: 'deep', variables: { d: 2 } },
        { scope: 'deep_b', variables: { b: 3 } },
        { scope: 'p', variables: { p: 4 } },
      ],
    });
    expect(
      ['outer', 'deep', 'deep_b'].map((one) =>
        seenAt(game, one, one.at(-1) === 'r' ? 'o' : one === 'deep' ? 'd' : 'b'),
      ),
    ).toEqual([1, 2, 3]);
    expect(game.variables()).toEqual({ p: 4 });
    expect(() => activate(game, 'deep_b', { variables: [{ scope: 'after', variables: {} }] })).toThrow(
      'Expected the variables to be for "deep_b" or what lies around it, but found "after".',
    );
  });

  it('uses the scope that is open, and asks which when there are several', async () => {
    const game = await play(nested);
    activate(game, 'deep_a');
    activate(game, 'deep_b');
    expect(game.at()).toEqual(['before', 'deep', 'deep_a', 'deep_b', 'outer']);
    activate(game, 'deep_a', { scope: token(game, 'outer') });
    expect(game.at().filter((one) => one === 'deep')).toHaveLength(2);
    expect(() => activate(game, 'deep_b')).toThrow(
      'Expected one open scope of "deep" around "deep_b", but there are 2.',
    );
    activate(game, 'deep_b', { scope: token(game, 'deep', 1) });
    expect(game.at().filter((one) => one === 'deep_b')).toHaveLength(2);
    expect(() => activate(game, 'after', { scope: token(game, 'deep') })).toThrow(
      'to be one in which "after" lies, but it is that of "deep"',
    );
  });

  it('ends the scopes in which nothing is left, without going on after them', async () => {
    const game = await play(nested);
    game.complete('before');
    game.do({ type: 'Modify', terminate: [token(game, 'deep_a')], activate: [{ element: 'before' }] });
    expect(game.at()).toEqual(['before']);
    expect(game.instance.timers).toEqual([]);
    expect(game.instance.messages).toEqual([]);
  });

  it('keeps a scope open into which a token moves', async () => {
    const game = await play(nested);
    game.complete('before');
    const outer = token(game, 'outer');
    game.do({ type: 'Modify', move: [{ from: 'deep_a', to: 'deep_b' }] });
    expect(token(game, 'outer')).toBe(outer);
    expect(game.at()).toEqual(['deep', 'deep_b', 'outer']);
  });

  it('opens a scope anew when the open one is ended in the same step', async () => {
    const game = await play(nested);
    game.complete('before');
    const outer = token(game, 'outer');
    game.do({ type: 'Modify', terminate: [outer], activate: [{ element: 'deep_b' }] });
    expect(game.at()).toEqual(['deep', 'deep_b', 'outer']);
    expect(token(game, 'outer')).not.toBe(outer);
  });

  it('moves a token out of a scope that is ended in the same step into one that is opened anew', async () => {
    const game = await play(nested);
    game.complete('before');
    const [outer, deep] = [token(game, 'outer'), token(game, 'deep')];
    game.do({ type: 'Modify', terminate: [deep], move: [{ from: 'deep_a', to: 'deep_b' }] });
    expect(game.at()).toEqual(['deep', 'deep_b', 'outer']);
    expect(token(game, 'outer')).toBe(outer);
    expect(token(game, 'deep')).not.toBe(deep);
  });

  it('reaches into event sub-processes and ad-hoc sub-processes', async () => {
    const game = await play(
      file(
        start(),
        user('one'),
        node('adHocSubProcess', 'free', '', user('call'), user('visit')),
        node(
          'subProcess',
          'event',
          'triggeredByEvent="true"',
          node('startEvent', 'es', '', on('message', 'm')),
          user('asked'),
          flows('es -> asked'),
        ),
        end(),
        flows('start -> one -> free -> end'),
      ),
    );
    activate(game, 'visit');
    activate(game, 'asked');
    expect(game.tasks()).toEqual(['asked', 'one', 'visit']);
    game.complete('visit');
    game.complete('asked');
    game.complete('one');
    expect(game.tasks()).toEqual(['call', 'visit']);
  });

  it('takes back what it opened when an expression on the way fails', async () => {
    const game = await play(
      file(
        start(),
        user('one'),
        node('subProcess', 'outer', '', extensions(mapping({ x: '=missing + 1', y: '=nothing.at.all' })), user('in')),
        node('boundaryEvent', 'late', 'attachedToRef="outer"', timer('Duration', '=unknown')),
        end(),
        flows('start -> one -> outer -> end', 'late -> end'),
      ),
    );
    expect(() => game.do({ type: 'Modify', move: [{ from: 'one', to: 'in' }] })).toThrow('unknown');
    expect(game.at()).toEqual(['one']);
  });

  it('puts a token into a called process by naming its scope', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('callActivity', 'call', '', extensions('<zeebe:calledElement processId="q"/>')),
          end(),
          flows('start -> call -> end'),
        ),
        process('q', start('qs'), user('qa'), user('qb'), flows('qs -> qa -> qb')),
      ),
    );
    expect(() => activate(game, 'qb')).toThrow('Expected an element of process "p"');
    activate(game, 'qb', { scope: token(game, 'call'), variables: [{ variables: { inside: 1 } }] });
    expect(game.tasks()).toEqual(['qa', 'qb']);
    expect(game.variables()).toEqual({});
    game.do({ type: 'Modify', move: [{ from: 'qa', to: 'qb' }] });
    expect(game.tasks()).toEqual(['qb', 'qb']);
  });
});

describe('modifying an instance with loops, jobs and undoing', () => {
  it('ends one iteration, and the loop with the last', async () => {
    const game = await play(
      file(
        start(),
        node('userTask', 'each', '', many),
        user('beside'),
        user('after'),
        flows('start -> each -> after', 'start -> beside'),
      ),
    );
    game.do({ type: 'Modify', terminate: [token(game, 'each', 1)] });
    game.complete('each');
    expect(game.tasks()).toEqual(['after', 'beside']);
    activate(game, 'each');
    game.do({ type: 'Modify', terminate: [token(game, 'each', 1), token(game, 'each', 2)] });
    expect(game.at()).toEqual(['after', 'beside']);
  });

  it('moves a loop as a whole', async () => {
    const game = await play(
      file(start(), node('userTask', 'each', '', many), user('after'), flows('start -> each -> after')),
    );
    game.do({ type: 'Modify', move: [{ from: 'each', to: 'after' }] });
    expect(game.at()).toEqual(['after']);
  });

  it('activates inside an iteration that is named', async () => {
    const game = await play(
      file(
        start(),
        node('subProcess', 'each', '', many, start('s'), user('a'), user('b'), flows('s -> a -> b')),
        flows('start -> each'),
      ),
    );
    expect(() => activate(game, 'b')).toThrow('Expected one open scope of "each" around "b", but there are 2.');
    expect(() => activate(game, 'b', { scope: token(game, 'each') })).toThrow('it is that of the loop "each"');
    activate(game, 'b', { scope: token(game, 'each', 1) });
    expect(game.tasks()).toEqual(['a', 'a', 'b']);
  });

  it('takes jobs, incidents and waits with it', async () => {
    const game = await play(
      file(
        start(),
        service('call'),
        node('boundaryEvent', 'late', 'attachedToRef="call"', timer('Duration', 'PT1H')),
        user('fix'),
        flows('start -> call -> fix', 'late -> fix'),
      ),
    );
    game.do({ type: 'FailJob', job: token(game, 'call'), message: 'broken', retries: 0, retryAt: game.now });
    game.do({ type: 'Modify', move: [{ from: 'call', to: 'fix' }] });
    expect(game.instance).toMatchObject({ incidents: [], timers: [] });
    expect(game.events('JobCancelled')).toHaveLength(1);
    expect(game.events('IncidentResolved')).toHaveLength(1);
  });

  it('lets what waits for a compensation go on when that is ended', async () => {
    const game = await play(
      file(
        start(),
        user('book'),
        undoneBy('book'),
        node('intermediateThrowEvent', 'undo', '', compensation()),
        user('after'),
        flows('start -> book -> undo -> after'),
      ),
    );
    game.complete('book');
    expect(game.tasks()).toEqual(['undo_book']);
    expect(() => game.do({ type: 'Modify', move: [{ from: 'book', to: 'after' }] })).toThrow(
      'Expected a token at "book" in instance 4096, but there is none.',
    );
    game.do({ type: 'Modify', terminate: [token(game, 'undo_book')] });
    expect(game.tasks()).toEqual(['after']);
  });

  it('undoes what a second activation completed too', async () => {
    const game = await play(
      file(
        start(),
        user('book'),
        undoneBy('book'),
        user('next'),
        node('intermediateThrowEvent', 'undo', '', compensation()),
        flows('start -> book -> next -> undo'),
      ),
    );
    game.complete('book');
    activate(game, 'book');
    game.complete('book');
    game.do({ type: 'Modify', terminate: [token(game, 'next', 1)] });
    game.complete('next');
    expect(game.tasks()).toEqual(['undo_book', 'undo_book']);
  });
});
