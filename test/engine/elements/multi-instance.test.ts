import { describe, expect, it } from '@jest/globals';
import { explain, type Variables } from '../../../engine/index.ts';
import {
  definitions,
  end,
  error,
  escalation,
  escape,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process,
  service,
  signal,
  start,
  timer,
  user,
} from '../../support/bpmn.ts';
import { play, problemsOf, type Play } from '../../support/play.ts';

const data = (attributes: Record<string, string>): string =>
  extensions(
    `<zeebe:loopCharacteristics ${Object.entries(attributes)
      .map(([name, value]) => `${name}="${escape(value)}"`)
      .join(' ')}/>`,
  );
const each = { inputCollection: '=items', inputElement: 'item' };
const gather = { ...each, outputCollection: 'results', outputElement: '=result' };

const many = (attributes: string, ...inner: string[]): string =>
  node('multiInstanceLoopCharacteristics', '', attributes, ...inner).replace('id="" ', '');
const expression = (tag: string, feel: string): string => `<bpmn:${tag}>${escape(feel)}</bpmn:${tag}>`;
const parallel = (...inner: string[]): string => many('', ...inner);
const sequential = (...inner: string[]): string => many('isSequential="true"', ...inner);
const times = (feel: string): string => expression('loopCardinality', feel);
const until = (feel: string): string => expression('completionCondition', feel);

/** start -> activity -> after -> end. */
const line = (activity: string, ...more: string[]): string => {
  const id = /id="([^"]*)"/.exec(activity)?.[1] ?? '';
  return definitions(
    process('p', start(), activity, user('after'), end(), flows(`start -> ${id} -> after -> end`), ...more),
  );
};
const withRoots = (xml: string, ...roots: string[]): string =>
  xml.replace('</bpmn:definitions>', `${roots.join('')}</bpmn:definitions>`);
const ask = (marker: string, ...inner: string[]): string => node('userTask', 'ask', '', ...inner, marker);
const boundary = (id: string, attributes: string, definition: string, host = 'ask'): string =>
  node('boundaryEvent', id, `attachedToRef="${host}" ${attributes}`, definition) +
  user(`${id}Task`) +
  flows(`${id} -> ${id}Task`);

/** Completes the open task of the iteration with this item. */
function answer(game: Play, item: unknown, variables: Variables): void {
  const token = game.instance.tokens.find(
    ({ id, task }) => task && game.instance.scopes.find((scope) => scope.id === id)?.variables['item'] === item,
  );
  game.do({ type: 'CompleteTask', task: token?.id ?? -1, variables });
}

function loopState(game: Play): unknown {
  return game.instance.scopes.find(({ loop }) => loop)?.loop;
}

function resolve(game: Play): void {
  game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
}

const ABC = { items: ['a', 'b', 'c'] };

describe('parallel multi-instance', () => {
  it('activity/multi-instance/parallel: opens a task for each item at once and goes on when all are done', async () => {
    const game = await play(line(ask(parallel(data(each)))), ABC);
    expect(game.tasks()).toEqual(['ask', 'ask', 'ask']);
    const own = game.instance.tokens.flatMap(({ id, task }) =>
      task ? [game.instance.scopes.find((scope) => scope.id === id)?.variables] : [],
    );
    expect(own).toEqual([
      { loopCounter: 1, item: 'a' },
      { loopCounter: 2, item: 'b' },
      { loopCounter: 3, item: 'c' },
    ]);
    answer(game, 'b', {});
    answer(game, 'a', {});
    expect(game.tasks()).toEqual(['ask']);
    answer(game, 'c', {});
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()).toEqual(ABC);
    expect(game.instance.scopes).toHaveLength(1);
  });

  it('activity/multi-instance/parallel: collects the outputs in the order of the items, null where none came', async () => {
    const game = await play(line(ask(parallel(data(gather)))), ABC);
    answer(game, 'c', { result: 3 });
    answer(game, 'a', { result: 1 });
    expect(game.variables()).toEqual(ABC);
    answer(game, 'b', {});
    expect(game.variables()).toEqual({ ...ABC, results: [1, null, 3] });
  });

  it('collects a part of a result, or what an expression makes of it', async () => {
    const path = await play(line(ask(parallel(data({ ...gather, outputElement: '=result.score' })))), ABC);
    for (const item of ABC.items) answer(path, item, { result: { score: item } });
    expect(path.variables()).toEqual({ ...ABC, results: ['a', 'b', 'c'] });
    const made = await play(
      line(ask(parallel(data({ ...gather, outputElement: '={ of: item, at: loopCounter }' })))),
      ABC,
    );
    for (const item of ABC.items) answer(made, item, {});
    expect(made.variables()['results']).toEqual([
      { of: 'a', at: 1 },
      { of: 'b', at: 2 },
      { of: 'c', at: 3 },
    ]);
  });

  it('lets results go to the process where no output is collected', async () => {
    const game = await play(line(ask(parallel(data(each)))), ABC);
    for (const item of ABC.items) answer(game, item, { last: item, item: 'changed inside only' });
    expect(game.variables()).toEqual({ ...ABC, last: 'c' });
  });

  it('applies mappings to each iteration, which reads its own item', async () => {
    const io = extensions(mapping({ letter: '=item + "!"' }, { result: '=letter + answer', seen: '=answer' }));
    const game = await play(line(ask(parallel(data(gather)), io)), ABC);
    for (const item of ABC.items) answer(game, item, { answer: item });
    expect(game.variables()).toEqual({ ...ABC, seen: 'c', results: ['a!a', 'b!b', 'c!c'] });
  });

  it('is left at once for an empty collection or zero, with an empty output collection', async () => {
    const empty = await play(line(ask(parallel(data(gather)))), { items: [] });
    expect(empty.tasks()).toEqual(['after']);
    expect(empty.variables()).toEqual({ items: [], results: [] });
    expect((await play(line(ask(sequential(times('0')))))).tasks()).toEqual(['after']);
  });

  it('activity/multi-instance/parallel: begins as often as the cardinality says', async () => {
    const game = await play(line(ask(parallel(times('n + 1')))), { n: 2 });
    expect(game.tasks()).toEqual(['ask', 'ask', 'ask']);
    const fixed = await play(line(node('task', 'x', '', parallel(times('=3')))));
    expect(fixed.events('IterationStarted').map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(fixed.tasks()).toEqual(['after']);
  });

  it('shows how many there are, at work, completed and ended', async () => {
    const game = await play(
      line(ask(parallel(times('4'), until('numberOfCompletedInstances = 2 and numberOfActiveInstances = 2')))),
    );
    expect(loopState(game)).toEqual({ instances: 4, begun: 4, completed: 0, terminated: 0 });
    game.complete('ask');
    expect(loopState(game)).toEqual({ instances: 4, begun: 4, completed: 1, terminated: 0 });
    game.complete('ask');
    expect(game.tasks()).toEqual(['after']);
    expect(game.events('TaskCancelled')).toHaveLength(2);
  });

  it('activity/multi-instance/parallel: ends the remaining iterations when the completion condition holds, which sees the outputs', async () => {
    const game = await play(line(ask(parallel(data(gather), until('count(results[item = true]) >= 2')))), ABC);
    answer(game, 'b', { result: true });
    answer(game, 'a', { result: false });
    expect(game.tasks()).toEqual(['ask']);
    answer(game, 'c', { result: true });
    const early = await play(line(ask(parallel(data(gather), until('result')))), ABC);
    answer(early, 'b', { result: true });
    expect(early.tasks()).toEqual(['after']);
    expect(early.variables()['results']).toEqual([null, true, null]);
  });

  it('runs each iteration of a sub-process by itself', async () => {
    const sub = node(
      'subProcess',
      'sub',
      '',
      parallel(data(gather)),
      start('in'),
      user('first'),
      user('second'),
      end('out'),
      flows('in -> first -> second -> out'),
    );
    const game = await play(line(sub), ABC);
    expect(game.tasks()).toEqual(['first', 'first', 'first']);
    game.complete('first', { result: 1 });
    expect(game.tasks()).toEqual(['first', 'first', 'second']);
    game.complete('second');
    game.complete('first', { result: 2 });
    game.complete('first');
    game.complete('second');
    game.complete('second');
    expect(game.variables()).toEqual({ ...ABC, results: [1, 2, null] });
  });

  it('nests: a loop inside each iteration of a loop', async () => {
    const inner = node(
      'userTask',
      'vote',
      '',
      parallel(data({ ...gather, inputCollection: '=item', inputElement: 'name' })),
    );
    const sub = node(
      'subProcess',
      'sub',
      '',
      sequential(data({ ...each, outputCollection: 'all', outputElement: '=results' })),
      start('in'),
      inner,
      end('out'),
      flows('in -> vote -> out'),
    );
    const items = [['x', 'y'], [], ['z']];
    const game = await play(line(sub), { items });
    expect(game.tasks()).toEqual(['vote', 'vote']);
    game.complete('vote', { result: 'X' });
    game.complete('vote', { result: 'Y' });
    expect(game.tasks()).toEqual(['vote']);
    game.complete('vote', { result: 'Z' });
    expect(game.variables()).toEqual({ items, all: [['X', 'Y'], [], ['Z']] });
    expect(game.tasks()).toEqual(['after']);
  });

  it('calls a process for each item and collects what comes back', async () => {
    const call = (attributes: string, element: string): string =>
      definitions(
        process(
          'p',
          start(),
          node(
            'callActivity',
            'call',
            '',
            extensions(`<zeebe:calledElement processId="q" ${attributes}/>`),
            parallel(data({ ...gather, outputElement: element })),
          ),
          user('after'),
          end(),
          flows('start -> call -> after -> end'),
        ),
        process('q', start('in'), user('work'), end('out'), flows('in -> work -> out')),
      );
    const back = await play(call('propagateAllChildVariables="true"', '=result'), ABC);
    expect(back.tasks()).toEqual(['work', 'work', 'work']);
    for (const item of ['b', 'c', 'a']) {
      const called = back.instance.scopes.find(({ isolated, variables }) => isolated && variables['item'] === item);
      const task = back.instance.tokens.find(({ scope }) => scope === called?.id);
      back.do({ type: 'CompleteTask', task: task?.id ?? 0, variables: { result: `${item}!` } });
    }
    expect(back.variables()).toEqual({ ...ABC, results: ['a!', 'b!', 'c!'] });
    const none = await play(call('propagateAllChildVariables="false"', '=item'), ABC);
    for (let count = 0; count < 3; count += 1) none.complete('work', { result: 1, item: 'theirs' });
    expect(none.variables()).toEqual({ ...ABC, results: ['a', 'b', 'c'] });
  });

  it('waits for one message per item, by the key of the item', async () => {
    const game = await play(
      withRoots(
        line(node('receiveTask', 'hear', 'messageRef="m"', parallel(data(gather)))),
        message('m', 'reply', 'item'),
      ),
      ABC,
    );
    expect(game.instance.messages.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    for (const key of ['c', 'a', 'b']) {
      const wait = game.instance.messages.find((one) => one.key === key);
      game.do({ type: 'CorrelateMessage', subscription: wait?.id ?? 0, name: 'reply', variables: { result: key } });
    }
    expect(game.variables()['results']).toEqual(['a', 'b', 'c']);
    expect(game.tasks()).toEqual(['after']);
  });

  it('asks for a job for each item and fails them one by one', async () => {
    const work = service('work').replace('</bpmn:serviceTask>', `${parallel(data(each))}</bpmn:serviceTask>`);
    const game = await play(line(work), ABC);
    const [first] = game.events('JobRequested');
    expect(game.events('JobRequested')).toHaveLength(3);
    game.do({ type: 'FailJob', job: first?.job ?? 0, message: 'down', retries: 0, retryAt: 0 });
    expect(game.instance.incidents).toMatchObject([{ element: 'work', token: first?.job }]);
    resolve(game);
    for (let count = 0; count < 3; count += 1) game.completeJob('work');
    expect(game.tasks()).toEqual(['after']);
  });

  it('takes the flows whose condition holds once, by what was collected', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('userTask', 'ask', 'default="ask_no"', parallel(data(gather))),
          user('yes'),
          user('no'),
          flows('start -> ask -[all(results)]-> yes', 'ask -> no'),
        ),
      ),
      ABC,
    );
    for (const item of ABC.items) answer(game, item, { result: true });
    expect(game.tasks()).toEqual(['yes']);
  });

  it('reads the data elements of the standard', async () => {
    const marker = parallel(
      '<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>results</bpmn:loopDataOutputRef>',
      '<bpmn:inputDataItem id="in1" name="item"/><bpmn:outputDataItem id="out1" name="result"/>',
    );
    const objects =
      '<bpmn:dataObject id="items" isCollection="true"/><bpmn:dataObject id="results" isCollection="true"/>';
    const game = await play(line(ask(marker), objects), ABC);
    for (const item of ABC.items) answer(game, item, { result: item });
    expect(game.variables()).toEqual({ ...ABC, results: ['a', 'b', 'c'] });
  });

  it('reads a collection that a data association brings to the activity', async () => {
    const io =
      '<bpmn:ioSpecification id="io"><bpmn:dataInput id="all" name="all" isCollection="true"/>' +
      '<bpmn:inputSet><bpmn:dataInputRefs>all</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification>' +
      '<bpmn:dataInputAssociation><bpmn:sourceRef>items</bpmn:sourceRef><bpmn:targetRef>all</bpmn:targetRef></bpmn:dataInputAssociation>';
    const marker = parallel(
      '<bpmn:loopDataInputRef>all</bpmn:loopDataInputRef><bpmn:inputDataItem id="one" name="item"/>',
    );
    const game = await play(line(ask(marker, io), '<bpmn:dataObject id="items" isCollection="true"/>'), ABC);
    expect(game.instance.scopes.at(-1)?.variables).toEqual({ loopCounter: 3, item: 'c' });
  });
});

describe('sequential multi-instance', () => {
  it('activity/multi-instance/sequential: opens one task after the other, with the collection as it was', async () => {
    const game = await play(line(ask(sequential(data(gather)))), ABC);
    expect(game.tasks()).toEqual(['ask']);
    answer(game, 'a', { result: 1 });
    game.do({ type: 'SetVariables', variables: { items: ['changed'] } });
    expect(game.tasks()).toEqual(['ask']);
    answer(game, 'b', { result: 2 });
    answer(game, 'c', { result: 3 });
    expect(game.variables()).toEqual({ items: ['changed'], results: [1, 2, 3] });
  });

  it('activity/multi-instance/sequential: stops early when the completion condition holds', async () => {
    const game = await play(line(ask(sequential(data(gather), until('loopCounter = 2')))), ABC);
    answer(game, 'a', { result: 1 });
    answer(game, 'b', { result: 2 });
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()['results']).toEqual([1, 2, null]);
    expect(game.events('ElementTerminated')).toEqual([]);
  });
});

describe('boundary events of a loop', () => {
  it('end all iterations when they interrupt', async () => {
    const game = await play(line(ask(parallel(data(gather))), boundary('late', '', timer('Duration', 'PT1H'))), ABC);
    answer(game, 'a', { result: 1 });
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['lateTask']);
    expect(game.variables()).toEqual(ABC);
    expect(game.instance.scopes).toHaveLength(1);
    expect(game.instance.timers).toEqual([]);
  });

  it('fire once beside the iterations when they do not', async () => {
    const event = boundary('late', 'cancelActivity="false"', timer('Duration', 'PT1H'));
    const game = await play(line(ask(sequential(data(each))), event), ABC);
    answer(game, 'a', {});
    expect(game.events('TimerSet')).toHaveLength(1);
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['ask', 'lateTask']);
    answer(game, 'b', {});
    answer(game, 'c', {});
    expect(game.tasks()).toEqual(['after', 'lateTask']);
  });

  it('catch an error of one iteration, which ends the others', async () => {
    const work = service('work').replace('</bpmn:serviceTask>', `${parallel(data(each))}</bpmn:serviceTask>`);
    const game = await play(
      withRoots(line(work, boundary('oops', '', on('error', 'e'), 'work')), error('e', 'E1')),
      ABC,
    );
    const [first] = game.events('JobRequested');
    game.do({ type: 'ThrowError', job: first?.job ?? 0, code: 'E1', message: '', variables: {} });
    expect(game.tasks()).toEqual(['oopsTask']);
    expect(game.events('JobCancelled')).toHaveLength(3);
  });

  it('catch an error and an escalation from the inside of an iteration', async () => {
    const sub = node(
      'subProcess',
      'sub',
      '',
      parallel(data(each)),
      start('in'),
      user('work'),
      node('intermediateThrowEvent', 'tell', '', on('escalation', 'esc')),
      user('more'),
      node('endEvent', 'fail', '', on('error', 'e')),
      flows('in -> work -> tell -> more -> fail'),
    );
    const game = await play(
      withRoots(
        line(
          sub,
          boundary('told', 'cancelActivity="false"', on('escalation', 'esc'), 'sub'),
          boundary('oops', '', on('error', 'e'), 'sub'),
        ),
        error('e', 'E1'),
        escalation('esc', 'S1'),
      ),
      ABC,
    );
    game.complete('work');
    game.complete('work');
    expect(game.tasks()).toEqual(['more', 'more', 'toldTask', 'toldTask', 'work']);
    game.complete('more');
    expect(game.tasks()).toEqual(['oopsTask', 'toldTask', 'toldTask']);
  });

  it('leave an error to the event sub-process inside the iteration', async () => {
    const handler = node(
      'subProcess',
      'rescue',
      'triggeredByEvent="true"',
      node('startEvent', 'caught', '', on('error', 'e')),
      user('mend'),
      end('mended'),
      flows('caught -> mend -> mended'),
    );
    const sub = node(
      'subProcess',
      'sub',
      '',
      parallel(data(each)),
      start('in'),
      user('work'),
      node('endEvent', 'fail', '', on('error', 'e')),
      flows('in -> work -> fail'),
      handler,
    );
    const game = await play(withRoots(line(sub), error('e', 'E1')), { items: [1, 2] });
    game.complete('work');
    expect(game.tasks()).toEqual(['mend', 'work']);
    game.complete('mend');
    game.complete('work');
    game.complete('mend');
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('a loop on other activities', () => {
  it('leaves a transaction that one iteration cancels by its cancel boundary event', async () => {
    const transaction = node(
      'transaction',
      'tx',
      '',
      parallel(data(each)),
      start('in'),
      user('work'),
      node('endEvent', 'undo', '', '<bpmn:cancelEventDefinition/>'),
      flows('in -> work -> undo'),
    );
    const cancelled = boundary('cancelled', '', '<bpmn:cancelEventDefinition/>', 'tx');
    const game = await play(line(transaction, cancelled), ABC);
    expect(game.tasks()).toEqual(['work', 'work', 'work']);
    game.complete('work');
    expect(game.tasks()).toEqual(['cancelledTask']);
    expect(game.instance.scopes).toHaveLength(1);
  });

  it('does the listeners of each iteration', async () => {
    const listeners =
      '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="before"/>' +
      '<zeebe:executionListener eventType="end" type="behind"/></zeebe:executionListeners>';
    const game = await play(line(ask(sequential(data(each)), extensions(listeners))), { items: [1, 2] });
    const listen = (type: string): void => {
      const [job] = game.instance.tokens.flatMap((token) => token.job ?? []);
      expect(job?.type).toBe(type);
      game.do({ type: 'CompleteJob', job: job?.id ?? 0, variables: {} });
    };
    for (let count = 0; count < 2; count += 1) {
      listen('before');
      game.complete('ask');
      listen('behind');
    }
    expect(game.tasks()).toEqual(['after']);
  });

  it('runs an ad-hoc sub-process for each item', async () => {
    const adHoc = node('adHocSubProcess', 'free', '', parallel(data(each)), user('one'), user('two'));
    const game = await play(line(adHoc), { items: [1, 2] });
    expect(game.tasks()).toEqual(['one', 'one', 'two', 'two']);
    for (const id of ['one', 'two', 'two', 'one']) game.complete(id);
    expect(game.tasks()).toEqual(['after']);
  });

  it('ends at once when a condition on its boundary holds before it begins', async () => {
    const stop =
      '<bpmn:conditionalEventDefinition><bpmn:condition>=stop</bpmn:condition></bpmn:conditionalEventDefinition>';
    const game = await play(line(ask(parallel(data(each))), boundary('halt', '', stop)), { ...ABC, stop: true });
    expect(game.tasks()).toEqual(['haltTask']);
    expect(game.events('IterationStarted')).toEqual([]);
    const later = await play(line(ask(parallel(data(each))), boundary('halt', '', stop)), { ...ABC, stop: false });
    answer(later, 'b', { stop: true });
    expect(later.tasks()).toEqual(['haltTask']);
  });

  it('wakes all iterations that wait for one signal', async () => {
    const sub = node(
      'subProcess',
      'sub',
      '',
      parallel(data(each)),
      start('in'),
      node('intermediateCatchEvent', 'hear', '', on('signal', 's')),
      end('out'),
      flows('in -> hear -> out'),
    );
    const game = await play(withRoots(line(sub), signal('s', 'go')), ABC);
    game.signal('go');
    expect(game.tasks()).toEqual(['after']);
  });

  it('says of the body that it waits for its iterations', async () => {
    const game = await play(line(ask(parallel(data(each)))), { items: [1, 2] });
    const [body, first] = explain(game.release, game.instance);
    expect(body?.waitsFor).toMatchObject([{ kind: 'inside', tokens: [{ element: 'ask' }, { element: 'ask' }] }]);
    expect(first?.waitsFor).toMatchObject([{ kind: 'task' }]);
  });
});

describe('events that a multi-instance activity throws', () => {
  const throwing = (behaviour: string, mode: string, caught: string): string =>
    withRoots(
      line(
        node('task', 'x', '', many(`${mode} ${behaviour}`, times('3'))),
        boundary('hear', caught, on('signal', 's'), 'x'),
      ),
      signal('s', 'done'),
      '<bpmn:signalEventDefinition id="thrown" signalRef="s"/>',
    );

  it.each(['', 'isSequential="true"'])('None: one at each completion (%s)', async (mode) => {
    const game = await play(throwing('behavior="None" noneBehaviorEventRef="thrown"', mode, 'cancelActivity="false"'));
    expect(game.tasks()).toEqual(['after', 'hearTask', 'hearTask', 'hearTask']);
  });

  it.each(['', 'isSequential="true"'])('One: at the first completion only (%s)', async (mode) => {
    const game = await play(throwing('behavior="One" oneBehaviorEventRef="thrown"', mode, 'cancelActivity="false"'));
    expect(game.tasks()).toEqual(['after', 'hearTask']);
    expect(game.events('SignalSent')).toHaveLength(1);
  });

  it('stop the rest where the boundary event that hears them interrupts', async () => {
    const game = await play(throwing('behavior="None" noneBehaviorEventRef="thrown"', 'isSequential="true"', ''));
    expect(game.tasks()).toEqual(['hearTask']);
    expect(game.events('IterationStarted')).toHaveLength(1);
  });

  const complex = (...rules: [condition: string, definition: string][]): string =>
    rules
      .map(
        ([condition, definition], index) =>
          `<bpmn:complexBehaviorDefinition id="c${index}"><bpmn:condition>${escape(condition)}</bpmn:condition>` +
          `<bpmn:event id="ev${index}">${definition}</bpmn:event></bpmn:complexBehaviorDefinition>`,
      )
      .join('');

  it('Complex: each whose condition holds, counted with the one that completes', async () => {
    const marker = many(
      'behavior="Complex"',
      times('3'),
      complex(
        ['numberOfCompletedInstances = 2', on('signal', 's')],
        ['numberOfActiveInstances = 0', on('escalation', 'esc')],
      ),
    );
    const game = await play(
      withRoots(
        line(
          ask(marker),
          boundary('hear', 'cancelActivity="false"', on('signal', 's')),
          boundary('told', 'cancelActivity="false"', on('escalation', 'esc')),
        ),
        signal('s', 'done'),
        escalation('esc', 'S1'),
      ),
    );
    game.complete('ask');
    expect(game.tasks()).toEqual(['ask', 'ask']);
    game.complete('ask');
    expect(game.tasks()).toEqual(['ask', 'hearTask']);
    game.complete('ask');
    expect(game.tasks()).toEqual(['after', 'hearTask', 'toldTask']);
  });

  it('go with a completion condition: the event is thrown, then the rest ends', async () => {
    const marker = many(
      'isSequential="true" behavior="None" noneBehaviorEventRef="thrown"',
      times('3'),
      until('numberOfCompletedInstances = 2'),
    );
    const game = await play(
      withRoots(
        line(node('task', 'x', '', marker), boundary('hear', 'cancelActivity="false"', on('signal', 's'), 'x')),
        signal('s', 'done'),
        '<bpmn:signalEventDefinition id="thrown" signalRef="s"/>',
      ),
    );
    expect(game.tasks()).toEqual(['after', 'hearTask', 'hearTask']);
  });

  it('are refused where nothing, or what cannot be thrown, is referred to', async () => {
    const none = line(ask(many('behavior="None"', times('3'))));
    expect(await problemsOf(none)).toMatchObject([{ rule: 'behavior', element: 'ask' }]);
    const timed = withRoots(
      line(ask(many('behavior="One" oneBehaviorEventRef="t"', times('3')))),
      '<bpmn:timerEventDefinition id="t"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>',
    );
    expect(await problemsOf(timed)).toMatchObject([{ rule: 'behavior', element: 'ask' }]);
    const unconditional = line(ask(many('behavior="Complex"', times('3'), '<bpmn:complexBehaviorDefinition id="c"/>')));
    expect(await problemsOf(unconditional)).toMatchObject([{ rule: 'required', element: 'c' }]);
  });
});

describe('trouble in a loop', () => {
  it.each([
    ['a collection that is none', data(each), { items: 'abc' }],
    ['a collection that is unknown', data(each), {}],
    ['a negative cardinality', times('n'), { n: -1 }],
    ['a broken cardinality', times('n'), { n: 1.5 }],
    ['a cardinality that is no number', times('n'), { n: 'three' }],
  ])('%s is an incident of the body, and is read again', async (_title, inner, variables: Variables) => {
    const event = boundary('late', '', timer('Duration', 'PT1H'));
    const game = await play(line(ask(parallel(inner)), event), variables);
    expect(game.instance.incidents).toMatchObject([{ element: 'ask', kind: 'expression', phase: 'enter' }]);
    expect(game.instance.timers).toEqual([]);
    game.do({ type: 'SetVariables', variables: { items: [1, 2], n: 2 } });
    resolve(game);
    expect(game.tasks()).toEqual(['ask', 'ask']);
    expect(game.instance.timers).toHaveLength(1);
  });

  it('of one iteration is its own: it is tried again with its item', async () => {
    const task = `<zeebe:assignmentDefinition assignee="=item"/><zeebe:taskSchedule dueDate="=date"/>`;
    const io = mapping({ date: '=if item = "b" then wrong else null' });
    const game = await play(line(ask(parallel(data(each)), extensions(task, io))), { ...ABC, wrong: 'no date' });
    expect(game.tasks()).toEqual(['ask', 'ask']);
    expect(game.instance.incidents).toHaveLength(1);
    game.do({ type: 'SetVariables', variables: { wrong: null } });
    resolve(game);
    expect(game.instance.tokens.flatMap(({ task: open }) => open?.assignee ?? [])).toEqual(['a', 'b', 'c']);
    for (const item of ABC.items) answer(game, item, {});
    expect(game.tasks()).toEqual(['after']);
  });

  it('at the end of an iteration leaves it to be tried again, and the others go on', async () => {
    const game = await play(line(ask(parallel(data(gather), until('enough')))), ABC);
    answer(game, 'b', { result: 2 });
    expect(game.instance.incidents).toMatchObject([{ phase: 'leave', kind: 'expression' }]);
    game.do({ type: 'SetVariables', variables: { enough: false } });
    answer(game, 'a', { result: 1 });
    resolve(game);
    answer(game, 'c', { result: 3 });
    expect(game.variables()).toEqual({ ...ABC, enough: false, results: [1, 2, 3] });
  });

  it('behind it is an incident of the body, whose work is not lost', async () => {
    const game = await play(
      definitions(process('p', start(), ask(parallel(data(gather))), user('yes'), flows('start -> ask -[ok]-> yes'))),
      ABC,
    );
    for (const item of ABC.items) answer(game, item, { result: item });
    expect(game.instance.incidents).toMatchObject([{ element: 'ask', phase: 'leave' }]);
    game.do({ type: 'SetVariables', variables: { ok: true } });
    resolve(game);
    expect(game.tasks()).toEqual(['yes']);
    expect(game.variables()['results']).toEqual(['a', 'b', 'c']);
  });

  it('ends with the instance when it is cancelled', async () => {
    const game = await play(line(ask(parallel(data(each)))), ABC);
    game.do({ type: 'Cancel', reason: 'no need' });
    expect(game.instance).toMatchObject({ status: 'cancelled', tokens: [] });
    expect(game.events('TaskCancelled')).toHaveLength(3);
  });
});

describe('large loops', () => {
  const items = Array.from({ length: 2200 }, (_, index) => index);

  it.each(['', 'isSequential="true"'])('do not run into the limit of steps (%s)', async (mode) => {
    const sub = node(
      'subProcess',
      'sub',
      '',
      many(mode, data({ ...each, outputCollection: 'results', outputElement: '=item' })),
      start('in'),
      node('task', 'x'),
      node('task', 'y'),
      end('out'),
      flows('in -> x -> y -> out'),
    );
    const game = await play(line(sub), { items });
    expect(game.instance.incidents).toEqual([]);
    expect(game.variables()['results']).toEqual(items);
  });

  it('do not hide a diagram that goes round', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('exclusiveGateway', 'again'),
          node('task', 'x', '', parallel(times('3'))),
          flows('start -> again -> x -> again'),
        ),
      ),
    );
    expect(game.instance.incidents).toMatchObject([{ kind: 'loop' }]);
  });
});

describe('a multi-instance marker is refused', () => {
  it.each([
    ['without a number or a collection', parallel()],
    ['with both', parallel(times('3'), data(each))],
    ['with an output that goes nowhere', parallel(times('3'), data({ outputElement: '=x' }))],
    ['with an output collection of nothing', parallel(times('3'), data({ outputCollection: 'x' }))],
    ['with an empty condition', parallel(times('3'), until(' '))],
  ])('%s', async (_title, marker) => {
    expect(await problemsOf(line(ask(marker)))).toMatchObject([{ rule: 'loop', element: 'ask' }]);
  });

  it('with extensions of other engines', async () => {
    const marker = many('xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:collection="x"', times('3'));
    expect(await problemsOf(line(ask(marker)))).toMatchObject([{ rule: 'unsupported-extension', element: 'ask' }]);
  });

  it('on an event sub-process, and on a receive task behind an event-based gateway', async () => {
    const handler = node(
      'subProcess',
      'rescue',
      'triggeredByEvent="true"',
      parallel(times('3')),
      node('startEvent', 'caught', '', timer('Duration', 'PT1H')),
      end('mended'),
      flows('caught -> mended'),
    );
    expect(await problemsOf(line(user('x'), handler))).toMatchObject([{ rule: 'loop', element: 'rescue' }]);
    const gateway = definitions(
      process(
        'p',
        start(),
        node('eventBasedGateway', 'which'),
        node('receiveTask', 'hear', 'messageRef="m"', parallel(times('3'))),
        end(),
        flows('start -> which -> hear -> end'),
      ),
      message('m', 'reply'),
    );
    expect(await problemsOf(gateway)).toMatchObject([{ rule: 'event-gateway', element: 'which' }]);
  });
});
