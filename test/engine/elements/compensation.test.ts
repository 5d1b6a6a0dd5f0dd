import { describe, expect, it } from '@jest/globals';
import {
  association,
  compensation,
  definitions,
  end,
  error,
  extensions,
  flows,
  mapping,
  node,
  on,
  process,
  service,
  start,
  undoneBy,
  user,
} from '../../support/bpmn.ts';
import { play, playRelease, problemsOf, releaseOf, type Play } from '../../support/play.ts';

const throwing = (attributes = '', id = 'back'): string =>
  node('intermediateThrowEvent', id, '', compensation(attributes));

/** `book` and `pay`, both undone by user tasks, then a throw event and the user task `after`. */
function trip(attributes = '', ...more: string[]): string {
  return definitions(
    process(
      'p',
      start(),
      user('book'),
      undoneBy('book'),
      user('pay'),
      undoneBy('pay'),
      throwing(attributes),
      user('after'),
      end(),
      ...more,
      flows('start -> book -> pay -> back -> after -> end'),
    ),
  );
}

/** The elements of tasks in the order in which they were created. */
const created = (game: Play): string[] => game.events('TaskCreated').map(({ element }) => element);

/** A script task that adds its id to the list `log`. */
const script = (id: string, expression = `=append(log, "${id}")`, result = 'log'): string =>
  node('scriptTask', id, '', extensions(`<zeebe:script expression='${expression}' resultVariable="${result}"/>`));

describe('a compensation throw event', () => {
  it('throw/compensation: begins the handlers of all completed activities, the latest first, and waits for them', async () => {
    const game = await play(trip());
    game.complete('book');
    expect(game.instance.compensations).toMatchObject([{ element: 'book', handler: 'undo_book' }]);
    game.complete('pay');
    expect(created(game)).toEqual(['book', 'pay', 'undo_pay', 'undo_book']);
    expect(game.at()).toEqual(['back', 'undo_book', 'undo_pay']);
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['undo_pay']);
    game.complete('undo_pay');
    expect(game.tasks()).toEqual(['after']);
    expect(game.instance).not.toHaveProperty('compensations');
  });

  it('throw/compensation: undoes only the activity that it names', async () => {
    const game = await play(trip('activityRef="book"'));
    game.complete('book');
    game.complete('pay');
    expect(game.tasks()).toEqual(['undo_book']);
    game.complete('undo_book');
    expect(game.instance.compensations).toMatchObject([{ element: 'pay' }]);
    game.complete('after');
    expect(game.instance.status).toBe('completed');
    expect(game.instance).not.toHaveProperty('compensations');
  });

  it('throw/compensation: goes on at once when it does not wait for completion', async () => {
    const game = await play(trip('waitForCompletion="false"'));
    game.complete('book');
    game.complete('pay');
    expect(game.tasks()).toEqual(['after', 'undo_book', 'undo_pay']);
    game.complete('after');
    game.complete('undo_pay');
    expect(game.instance.status).toBe('active');
    game.complete('undo_book');
    expect(game.instance.status).toBe('completed');
  });

  it('goes on when there is nothing to undo', async () => {
    const game = await play(
      definitions(process('p', start(), throwing(), user('after'), end(), flows('start -> back -> after -> end'))),
    );
    expect(game.tasks()).toEqual(['after']);
  });

  it('boundary/compensation/interrupting: does not undo what has not completed', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          user('book'),
          undoneBy('book'),
          user('other'),
          throwing('activityRef="book"'),
          end(),
          end('end2'),
          flows('start -> fork -> book -> end', 'fork -> other -> back -> end2'),
        ),
      ),
    );
    game.complete('other');
    expect(game.tasks()).toEqual(['book']);
    game.complete('book');
    expect(game.instance.status).toBe('completed');
  });

  it('boundary/compensation/interrupting: undoes nothing twice', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          script('book'),
          undoneBy('book', script('undo_book')),
          throwing(),
          throwing('', 'again'),
          end(),
          flows('start -> book -> back -> again -> end'),
        ),
      ),
      { log: [] },
    );
    expect(game.variables()).toEqual({ log: ['book', 'undo_book'] });
    expect(game.instance.status).toBe('completed');
  });

  it('undoes each of three runs of a loop, latest first', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('exclusiveGateway', 'merge'),
          script('book', '=n + 1', 'n'),
          undoneBy('book', service('undo_book')),
          node('exclusiveGateway', 'again', 'default="again_back"'),
          throwing(),
          end(),
          flows('start -> merge -> book -> again -> back -> end', 'again -[n < 3]-> merge'),
        ),
      ),
      { n: 0 },
    );
    const kept = game.events('CompensationKept').map(({ token }) => token);
    expect(kept).toHaveLength(3);
    expect(game.events('CompensationStarted').map(({ record }) => record)).toEqual(kept.reverse());
    for (let run = 0; run < 3; run += 1) game.completeJob('undo_book');
    expect(game.instance.status).toBe('completed');
  });

  it('end/compensation: ends the process as an end event once all is undone', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          user('book'),
          undoneBy('book'),
          end('end', compensation()),
          flows('start -> book -> end'),
        ),
      ),
    );
    game.complete('book');
    expect(game.at()).toEqual(['end', 'undo_book']);
    game.complete('undo_book');
    expect(game.instance.status).toBe('completed');
  });

  it('takes its handlers with it when its scope is ended', async () => {
    const game = await play(
      definitions(
        error('e', 'E'),
        process(
          'p',
          start(),
          node(
            'subProcess',
            'sub',
            '',
            start('in'),
            node('parallelGateway', 'fork'),
            script('book'),
            undoneBy('book'),
            user('fail'),
            throwing(),
            end('out', on('error', 'e')),
            end('out2'),
            flows('in -> fork -> book -> back -> out2', 'fork -> fail -> out'),
          ),
          node('boundaryEvent', 'edge', 'attachedToRef="sub"', on('error', 'e')),
          user('after'),
          end(),
          end('end2'),
          flows('start -> sub -> end', 'edge -> after -> end2'),
        ),
      ),
      { log: [] },
    );
    expect(game.tasks()).toEqual(['fail', 'undo_book']);
    game.complete('fail');
    expect(game.tasks()).toEqual(['after']);
    expect(game.instance).not.toHaveProperty('compensations');
  });
});

describe('a handler', () => {
  it('activity/compensation: sees the data of the scope around it and may fail and be tried again', async () => {
    const handler = node(
      'userTask',
      'undo_book',
      '',
      extensions('<zeebe:assignmentDefinition assignee="=agent"/>', mapping({}, { undone: '=what.ever' })),
    );
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          user('book'),
          undoneBy('book', handler),
          throwing(),
          end(),
          flows('start -> book -> back -> end'),
        ),
      ),
      { agent: 'ann' },
    );
    game.complete('book');
    expect(game.instance.tokens.find(({ task }) => task)?.task).toMatchObject({ assignee: 'ann' });
    game.complete('undo_book');
    expect(game.instance.incidents).toMatchObject([{ element: 'undo_book', phase: 'leave' }]);
    game.do({ type: 'SetVariables', variables: { what: { ever: 1 } } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.variables()).toMatchObject({ undone: 1 });
    expect(game.instance.status).toBe('completed');
  });

  it('activity/compensation: may be a sub-process, which is run and not undone again', async () => {
    const inside = [start('in'), user('call'), undoneBy('call'), end('out'), flows('in -> call -> out')];
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          user('book'),
          undoneBy('book', node('subProcess', 'undo_book', '', ...inside)),
          throwing(),
          throwing('', 'again'),
          end(),
          flows('start -> book -> back -> again -> end'),
        ),
      ),
    );
    game.complete('book');
    expect(game.at()).toEqual(['back', 'call', 'undo_book']);
    game.complete('call');
    expect(game.instance.status).toBe('completed');
  });
});

/** A sub-process with `book` and a local variable, then a throw event and the user task `after`. */
function nested(inside: string[], line: string, ...outside: string[]): string {
  const body = [start('in'), ...inside, end('out'), flows(line)];
  return definitions(
    process(
      'p',
      start(),
      node('subProcess', 'sub', '', extensions(mapping({ price: '=100 * 2' })), ...body),
      ...outside,
      throwing(),
      user('after'),
      end(),
      flows('start -> sub -> back -> after -> end'),
    ),
  );
}

/** A compensation event sub-process. */
const compensating = (id: string, inside: string[], line: string): string =>
  node(
    'subProcess',
    id,
    'triggeredByEvent="true"',
    start(`${id}_in`, compensation()),
    ...inside,
    end(`${id}_out`),
    flows(`${id}_in -> ${line} -> ${id}_out`),
  );

describe('a completed sub-process', () => {
  it('activity/compensation: is opened again for its handlers, with the variables that it had', async () => {
    const handler = node('userTask', 'undo_book', '', extensions('<zeebe:assignmentDefinition assignee="=seat"/>'));
    const game = await play(
      nested(
        [node('userTask', 'book', '', extensions(mapping({}, { seat: '=seat' }))), undoneBy('book', handler)],
        'in -> book -> out',
      ).replace('source="=100 * 2" target="price"', 'source="=&quot;none&quot;" target="seat"'),
      { seat: 'outside' },
    );
    game.complete('book', { seat: '12A' });
    expect(game.tasks()).toEqual(['undo_book']);
    expect(game.instance.tokens.find(({ task }) => task)?.task).toMatchObject({ assignee: '12A' });
    expect(game.at()).toEqual(['back', 'sub', 'undo_book']);
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()).toEqual({ seat: 'outside' });
    expect(game.instance.scopes).toHaveLength(1);
  });

  it('is undone through two levels', async () => {
    const inner = [start('in2'), user('pay'), undoneBy('pay'), end('out2'), flows('in2 -> pay -> out2')];
    const game = await play(
      nested([user('book'), undoneBy('book'), node('subProcess', 'sub2', '', ...inner)], 'in -> book -> sub2 -> out'),
    );
    game.complete('book');
    game.complete('pay');
    expect(game.at()).toEqual(['back', 'sub', 'sub2', 'undo_book', 'undo_pay']);
    game.complete('undo_book');
    game.complete('undo_pay');
    expect(game.tasks()).toEqual(['after']);
  });

  it('is undone by its own handler when it has one, not from its inside', async () => {
    const game = await play(nested([user('book'), undoneBy('book')], 'in -> book -> out', undoneBy('sub')));
    game.complete('book');
    expect(game.at()).toEqual(['back', 'undo_sub']);
    game.complete('undo_sub');
    expect(game.tasks()).toEqual(['after']);
  });

  it('event-sub-process/compensation/interrupting: is undone by its compensation event sub-process, which sees its variables', async () => {
    const game = await play(
      nested(
        [user('book'), undoneBy('book'), compensating('cleanup', [script('note', '=price', 'seen')], 'note')],
        'in -> book -> out',
      ),
    );
    game.complete('book');
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()).toEqual({ seen: 200 });
    expect(game.instance).not.toHaveProperty('compensations');
  });

  it('event-sub-process/compensation/interrupting: undoes what completed inside when its compensation event sub-process throws again', async () => {
    const game = await play(
      nested(
        [
          user('book'),
          undoneBy('book'),
          compensating('cleanup', [user('note'), throwing('', 'deeper')], 'note -> deeper'),
        ],
        'in -> book -> out',
      ),
    );
    game.complete('book');
    game.complete('note');
    expect(game.at()).toEqual(['back', 'cleanup', 'deeper', 'sub', 'undo_book']);
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['after']);
  });

  it('is not compensated at all when nothing inside can be undone', async () => {
    const game = await play(nested([user('book')], 'in -> book -> out'));
    game.complete('book');
    expect(game.tasks()).toEqual(['after']);
    expect(game.events('CompensationKept')).toEqual([]);
  });

  it('is not left again by an error boundary event while it is undone', async () => {
    const game = await play(
      nested(
        [user('book'), undoneBy('book', service('undo_book'))],
        'in -> book -> out',
        node('boundaryEvent', 'edge', 'attachedToRef="sub"', '<bpmn:errorEventDefinition/>'),
        end('failed'),
        flows('edge -> failed'),
      ),
    );
    game.complete('book');
    const job = game.instance.tokens.find((token) => token.job)?.id ?? 0;
    game.do({ type: 'ThrowError', job, code: 'X', message: 'no', variables: {} });
    expect(game.instance.incidents).toMatchObject([{ element: 'undo_book' }]);
  });

  it('does not keep a join waiting while it is undone', async () => {
    const body = [start('in'), user('book'), undoneBy('book'), end('out'), flows('in -> book -> out')];
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          node('subProcess', 'sub', '', ...body),
          node('exclusiveGateway', 'ok', 'default="ok_back"'),
          throwing(),
          user('work'),
          node('inclusiveGateway', 'join'),
          user('after'),
          end(),
          end('end2'),
          flows('start -> fork -> sub -> ok -> back -> end', 'ok -[fine = true]-> join', 'fork -> work -> join'),
          flows('join -> after -> end2'),
        ),
      ),
      { fine: false },
    );
    game.complete('book');
    game.complete('work');
    expect(game.tasks()).toEqual(['after', 'undo_book']);
  });

  it('leaves no record when it is ended from outside', async () => {
    const game = await play(
      nested(
        [user('book'), undoneBy('book'), user('wait')],
        'in -> book -> wait -> out',
        node('boundaryEvent', 'edge', 'attachedToRef="sub"', '<bpmn:signalEventDefinition signalRef="s"/>'),
        flows('edge -> back'),
      ).replace('<bpmn:process', '<bpmn:signal id="s" name="stop"/><bpmn:process'),
    );
    game.complete('book');
    expect(game.instance.compensations).toHaveLength(1);
    game.signal('stop');
    expect(game.tasks()).toEqual(['after']);
    expect(game.instance).not.toHaveProperty('compensations');
  });
});

describe('a throw event inside', () => {
  it('a sub-process undoes only what completed there', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          user('first'),
          undoneBy('first'),
          node(
            'subProcess',
            'sub',
            '',
            start('in'),
            user('book'),
            undoneBy('book'),
            throwing(),
            end('out'),
            flows('in -> book -> back -> out'),
          ),
          user('after'),
          end(),
          flows('start -> first -> sub -> after -> end'),
        ),
      ),
    );
    game.complete('first');
    game.complete('book');
    expect(game.tasks()).toEqual(['undo_book']);
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['after']);
    expect(game.instance.compensations).toMatchObject([{ element: 'first' }]);
  });

  it('an event sub-process undoes what completed around it', async () => {
    const game = await play(
      definitions(
        error('e', 'E'),
        process(
          'p',
          start(),
          user('book'),
          undoneBy('book'),
          end('end', on('error', 'e')),
          node(
            'subProcess',
            'rescue',
            'triggeredByEvent="true"',
            start('rescue_in', on('error', 'e')),
            throwing('activityRef="book"'),
            user('tell'),
            end('rescue_out'),
            flows('rescue_in -> back -> tell -> rescue_out'),
          ),
          flows('start -> book -> end'),
        ),
      ),
    );
    game.complete('book');
    expect(game.at()).toEqual(['back', 'rescue', 'undo_book']);
    game.complete('undo_book');
    game.complete('tell');
    expect(game.instance.status).toBe('completed');
  });
});

/** `book` runs for each of `seats`, then a throw event and `after`; `other` runs beside it. */
function looped(marker: string, body: string, ...more: string[]): string {
  return definitions(
    process(
      'p',
      start(),
      body.replace(/<\/bpmn:\w+>$/, (close) => `${marker}${close}`),
      ...more,
      throwing(),
      user('after'),
      end(),
      flows('start -> book -> back -> after -> end'),
    ),
  );
}
const each = (sequential: boolean): string =>
  `<bpmn:multiInstanceLoopCharacteristics isSequential="${sequential}"><bpmn:extensionElements>` +
  '<zeebe:loopCharacteristics inputCollection="=seats" inputElement="seat"/>' +
  '</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>';
const assigned = (id: string, assignee: string): string =>
  node('userTask', id, '', extensions(`<zeebe:assignmentDefinition assignee="${assignee}"/>`));
const assignees = (game: Play): (string | null)[] =>
  game.instance.tokens.flatMap(({ task }) => (task ? [task.assignee] : []));

describe('a loop', () => {
  it.each([true, false])(
    'is undone by a handler for each iteration, which sees its item (sequential: %s)',
    async (sequential) => {
      const game = await play(
        looped(each(sequential), user('book'), undoneBy('book', assigned('undo_book', '=seat'))),
        { seats: ['a', 'b', 'c'] },
      );
      for (let run = 0; run < 3; run += 1) game.complete('book');
      expect(game.tasks()).toEqual(['undo_book', 'undo_book', 'undo_book']);
      expect(assignees(game)).toEqual(['c', 'b', 'a']);
      for (let run = 0; run < 3; run += 1) game.complete('undo_book');
      expect(game.tasks()).toEqual(['after']);
      expect(game.instance.scopes).toHaveLength(1);
    },
  );

  it('is not undone before all of it has completed', async () => {
    const rescue = node(
      'subProcess',
      'rescue',
      'triggeredByEvent="true"',
      node('startEvent', 'rescue_in', 'isInterrupting="false"', '<bpmn:signalEventDefinition signalRef="s"/>'),
      throwing('', 'early'),
      end('rescue_out'),
      flows('rescue_in -> early -> rescue_out'),
    );
    const game = await play(
      looped(each(false), user('book'), undoneBy('book'), rescue).replace(
        '<bpmn:process',
        '<bpmn:signal id="s" name="stop"/><bpmn:process',
      ),
      { seats: ['a', 'b'] },
    );
    game.complete('book');
    game.signal('stop');
    expect(game.tasks()).toEqual(['book']);
    game.complete('book');
    expect(game.tasks()).toEqual(['undo_book', 'undo_book']);
  });

  it('of a sub-process is undone inside each iteration, by its compensation event sub-process when it has one', async () => {
    const inside = [
      start('in'),
      script('note', '=seat', 'last'),
      undoneBy('note', assigned('undo_note', '=seat')),
      end('out'),
      flows('in -> note -> out'),
    ];
    const plain = await play(looped(each(false), node('subProcess', 'book', '', ...inside)), { seats: ['a', 'b'] });
    expect(assignees(plain)).toEqual(['b', 'a']);
    plain.complete('undo_note');
    plain.complete('undo_note');
    expect(plain.tasks()).toEqual(['after']);
    const cleanup = compensating('cleanup', [assigned('clean', '=seat')], 'clean');
    const guarded = await play(looped(each(true), node('subProcess', 'book', '', ...inside, cleanup)), {
      seats: ['a', 'b'],
    });
    expect(guarded.tasks()).toEqual(['clean', 'clean']);
    expect(assignees(guarded)).toEqual(['b', 'a']);
  });

  it('may be a handler itself', async () => {
    const handler = user('undo_book').replace('</bpmn:userTask>', `${each(true)}</bpmn:userTask>`);
    const game = await play(looped('', user('book'), undoneBy('book', handler)), { seats: ['a', 'b'] });
    game.complete('book');
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['undo_book']);
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('a call activity', () => {
  const called = process('called', start('in'), user('book'), undoneBy('book'), end('out'), flows('in -> book -> out'));
  const caller = (more = ''): string =>
    process(
      'p',
      start(),
      node('callActivity', 'call', 'calledElement="called"', more),
      throwing(),
      user('after'),
      end(),
      flows('start -> call -> back -> after -> end'),
    );

  it('is undone by the handlers of the process that it called', async () => {
    const game = await play(definitions(caller(), called), { seat: 3 });
    game.complete('book', { seat: 4 });
    expect(game.at()).toEqual(['back', 'call', 'undo_book']);
    const scope = game.instance.scopes.find(({ isolated }) => isolated);
    expect(scope).toMatchObject({ process: 'called', variables: { seat: 4 } });
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()).toEqual({ seat: 3 });
  });

  it('cannot be undone before it has completed', async () => {
    const failing = caller(extensions(mapping({}, { got: '=missing.value' })));
    const fork = failing
      .replace('<bpmn:sequenceFlow id="start_call" sourceRef="start" targetRef="call"/>', '')
      .replace('</bpmn:process>', '')
      .concat(node('parallelGateway', 'fork'), user('other'))
      .concat(throwing('', 'early'), user('later'), end('end2'))
      .concat(flows('start -> fork -> call', 'fork -> other -> early -> later -> end2'), '</bpmn:process>');
    const game = await play(definitions(fork, called));
    game.complete('book');
    expect(game.instance.incidents).toMatchObject([{ element: 'call', phase: 'leave' }]);
    game.complete('other');
    expect(game.tasks()).toEqual(['later']);
    game.do({ type: 'SetVariables', variables: { missing: { value: 1 } } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['later', 'undo_book']);
  });
});

describe('a drawing of compensation', () => {
  it.each([
    [
      'a boundary event without association',
      (xml: string) => xml.replace(association('edge_book', 'undo_book'), ''),
      'edge_book',
    ],
    [
      'a handler that is not marked',
      (xml: string) => xml.replace('isForCompensation="true" id="undo_book"', 'id="undo_book"'),
      'edge_book',
    ],
    [
      'a boundary event that does not interrupt',
      (xml: string) => xml.replace('attachedToRef="book"', 'attachedToRef="book" cancelActivity="false"'),
      'edge_book',
    ],
    [
      'a flow out of the boundary event',
      (xml: string) => xml.replace('</bpmn:process>', `${flows('edge_book -> after')}</bpmn:process>`),
      'edge_book',
    ],
    [
      'a flow into a handler',
      (xml: string) => xml.replace('</bpmn:process>', `${flows('pay -> undo_book')}</bpmn:process>`),
      'undo_book',
    ],
    [
      'a flow out of a handler',
      (xml: string) => xml.replace('</bpmn:process>', `${flows('undo_book -> after')}</bpmn:process>`),
      'undo_book',
    ],
    [
      'two handlers of one activity',
      (xml: string) => xml.replace('</bpmn:process>', `${undoneBy('book').replaceAll('_book', '_two')}</bpmn:process>`),
      'edge_two',
    ],
  ])('is refused with %s', async (_what, change, element) => {
    const problems = await problemsOf(change(trip()));
    expect(problems.map((problem) => problem.element)).toContain(element);
  });

  it('is refused when a throw event names an activity of another level', async () => {
    const xml = nested([user('book'), undoneBy('book')], 'in -> book -> out');
    expect(await problemsOf(xml)).toEqual([]);
    const throwsIn = xml.replace(
      '<bpmn:intermediateThrowEvent id="back" ><bpmn:compensateEventDefinition />',
      '<bpmn:intermediateThrowEvent id="back" ><bpmn:compensateEventDefinition activityRef="book"/>',
    );
    expect(await problemsOf(throwsIn)).toMatchObject([{ rule: 'compensation', element: 'back' }]);
  });
});

it('keeps nothing of a process that cannot undo anything', async () => {
  const release = await releaseOf(
    definitions(process('p', start(), user('work'), end(), flows('start -> work -> end'))),
  );
  const game = playRelease(release, 'p', {});
  expect(game.instance).not.toHaveProperty('compensations');
});
