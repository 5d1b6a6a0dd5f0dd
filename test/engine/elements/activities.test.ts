import type { Problem } from '../../../engine/index.ts';
import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  error,
  escape,
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
  user,
} from '../../support/bpmn.ts';
import { MONDAY, play, problemsOf } from '../../support/play.ts';

const line = (...inner: string[]): string =>
  definitions(process('p', start(), ...inner, end(), flows('start -> x -> end')));
const property = (name: string, value: string): string =>
  `<zeebe:properties><zeebe:property name="${name}" value="${escape(value)}"/></zeebe:properties>`;

describe('user task', () => {
  const assigned = line(
    user(
      'x',
      extensions(
        '<zeebe:assignmentDefinition assignee="=boss" candidateGroups="=[group, &quot;all&quot;]" candidateUsers="anna, bo"/>',
        '<zeebe:taskSchedule dueDate="=due"/><zeebe:priorityDefinition priority="70"/><zeebe:formDefinition formId="f"/>',
      ),
    ),
  );

  it('activity/user-task: is created with assignee, groups, users, due date, priority and form', async () => {
    const game = await play(assigned, { boss: 'chen', group: 'dba', due: '2026-03-02T10:00:00Z' });
    expect(game.events('TaskCreated')).toMatchObject([
      {
        element: 'x',
        assignee: 'chen',
        groups: ['dba', 'all'],
        users: ['anna', 'bo'],
        due: MONDAY + 7_200_000,
        priority: 70,
        form: 'f',
      },
    ]);
  });

  it('activity/user-task: is claimed by one person only', async () => {
    const game = await play(line(user('x')));
    const claim = { type: 'AssignTask', task: game.instance.tokens[0]?.id ?? 0, claim: true } as const;
    game.do({ ...claim, assignee: 'anna' });
    expect(() => game.do({ ...claim, assignee: 'bo' })).toThrow(/Expected task \d+ to be free, but anna has it/);
    expect(game.instance.tokens[0]?.task?.assignee).toBe('anna');
  });

  it('activity/user-task: is completed by who has it, and taken by who completes it when nobody has', async () => {
    const game = await play(line(user('x', extensions(mapping({}, { agent: '=actualOwner' })))));
    const task = game.instance.tokens[0]?.id ?? 0;
    game.do({ type: 'AssignTask', task, assignee: 'anna', claim: true });
    expect(() => game.do({ type: 'CompleteTask', task, variables: {}, by: 'bo' })).toThrow(/but anna has it/);
    game.do({ type: 'AssignTask', task, assignee: null });
    game.do({ type: 'CompleteTask', task, variables: {}, by: 'bo' });
    expect(game.variables()).toEqual({ agent: 'bo' });
  });

  it('activity/user-task: completes once, with the values of its form', async () => {
    const game = await play(line(user('x')));
    const task = game.instance.tokens[0]?.id ?? 0;
    game.complete('x', { cause: 'disk' });
    expect(game.variables()).toEqual({ cause: 'disk' });
    expect(game.instance.status).toBe('completed');
    expect(() => game.do({ type: 'CompleteTask', task, variables: {} })).toThrow(/to be active, but it is completed/);
  });

  it('tells its output mappings who did it', async () => {
    const game = await play(line(user('x', extensions(mapping({}, { agent: '=actualOwner' })))));
    game.do({ type: 'AssignTask', task: game.instance.tokens[0]?.id ?? 0, assignee: 'anna', claim: true });
    game.complete('x');
    expect(game.variables()).toEqual({ agent: 'anna' });
  });

  it('writes the note that the diagram asks for into the log', async () => {
    const game = await play(line(user('x', extensions(property('note.public', '="Question: " + question')))));
    game.complete('x', { question: 'since when?' });
    expect(game.events('NoteAdded')).toMatchObject([
      { audience: 'public', text: 'Question: since when?', element: 'x' },
    ]);
  });
});

describe('variables', () => {
  it('mapped in are seen inside only, mapped out are seen outside only', async () => {
    const game = await play(
      line(user('x', extensions(mapping({ local: '=a + 1' }, { 'result.value': '=answer * 2' })))),
      { a: 1 },
    );
    expect(game.instance.scopes[1]?.variables).toEqual({ local: 2 });
    game.complete('x', { answer: 4 });
    expect(game.variables()).toEqual({ a: 1, result: { value: 8 } });
  });

  it('without output mapping go where they are known, else to the process', async () => {
    const sub = node(
      'subProcess',
      'x',
      '',
      extensions(mapping({ inner: '=1' })),
      start('s1'),
      user('t'),
      user('u'),
      end('e1'),
      flows('s1 -> t -> u -> e1'),
    );
    const game = await play(line(sub));
    game.complete('t', { inner: 2, outer: 3 });
    expect(game.instance.scopes.map(({ variables }) => variables)).toEqual([{ outer: 3 }, { inner: 2 }]);
  });

  it('named to break objects are refused', async () => {
    const game = await play(line(user('x')));
    expect(() => game.complete('x', JSON.parse('{"__proto__": {"a": 1}}'))).toThrow(/variable names/);
  });

  it('that an output mapping needs but nobody set are an incident; the result is not lost', async () => {
    const game = await play(line(user('x', extensions(mapping({}, { sum: '=a + b' })))));
    game.complete('x', { a: 1 });
    expect(game.instance.incidents).toMatchObject([{ phase: 'leave', kind: 'expression' }]);
    game.do({ type: 'SetVariables', variables: { b: 2 } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.variables()).toEqual({ b: 2, sum: 3 });
    expect(game.instance.status).toBe('completed');
  });
});

describe('service task', () => {
  it('activity/service-task: asks for a job and goes on with its result', async () => {
    const game = await play(
      line(service('x', 'mail', '<zeebe:taskHeaders><zeebe:header key="to" value="a"/></zeebe:taskHeaders>')),
    );
    expect(game.events('JobRequested')).toMatchObject([{ kind: 'mail', retries: 2, headers: { to: 'a' } }]);
    game.completeJob('x', { sent: true });
    expect(game.variables()).toEqual({ sent: true });
    expect(game.instance.status).toBe('completed');
  });

  it('activity/service-task: raises an incident when the job failed for the last time, and asks again once it is resolved', async () => {
    const game = await play(line(service('x', 'mail')));
    const failed = {
      type: 'FailJob',
      job: game.instance.tokens[0]?.id ?? 0,
      message: 'no route',
      retryAt: MONDAY,
    } as const;
    game.do({ ...failed, retries: 1 });
    expect(game.instance.incidents).toEqual([]);
    game.do({ ...failed, retries: 0 });
    expect(game.instance.incidents).toMatchObject([{ kind: 'job', element: 'x' }]);
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.events('JobRequested')).toHaveLength(2);
    game.completeJob('x');
    expect(game.instance.status).toBe('completed');
  });

  it('keeps what a worker leaves for its next attempt inside of the task', async () => {
    const game = await play(line(service('x', 'mail')), { seen: 0 });
    const job = game.instance.tokens[0]?.id ?? 0;
    game.do({ type: 'FailJob', job, message: 'busy', retries: 1, retryAt: MONDAY, variables: { page: 3 } });
    expect(game.instance.scopes.map(({ variables }) => variables)).toEqual([{ seen: 0 }, { page: 3 }]);
    game.completeJob('x', { seen: 9 });
    expect(game.variables()).toEqual({ seen: 9 });
  });

  it('is refused when its pauses between attempts are no durations', async () => {
    const pauses = (text: string) =>
      service('x', 'mail', `<zeebe:taskHeaders><zeebe:header key="retryBackoff" value="${text}"/></zeebe:taskHeaders>`);
    expect(await problemsOf(line(pauses('PT10S, PT1M')))).toEqual([]);
    for (const text of ['10s', 'PT10S,', 'PT0S', '-PT5S', '']) {
      expect(await problemsOf(line(pauses(text)))).toMatchObject([{ rule: 'retry-back-off', element: 'x' }]);
    }
  });

  it('is refused without a task definition', async () => {
    expect(await problemsOf(line(node('serviceTask', 'x')))).toMatchObject([{ rule: 'job-type', element: 'x' }]);
  });
});

describe('script task', () => {
  it('activity/script-task: puts the value of its expression into the result variable', async () => {
    const script = node(
      'scriptTask',
      'x',
      '',
      extensions('<zeebe:script expression="=n * 7" resultVariable="answer"/>'),
    );
    expect((await play(line(script), { n: 6 })).variables()).toEqual({ n: 6, answer: 42 });
  });
});

describe('business rule task', () => {
  const table =
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="test"><decision id="level" name="level">' +
    '<decisionTable id="t" hitPolicy="UNIQUE"><input id="i" label="impact"><inputExpression id="ie"><text>impact</text></inputExpression></input><output id="o" name="level"/>' +
    '<rule id="high"><inputEntry id="e1"><text>"core"</text></inputEntry><outputEntry id="o1"><text>"P1"</text></outputEntry></rule>' +
    '<rule id="low"><inputEntry id="e2"><text>"single"</text></inputEntry><outputEntry id="o2"><text>"P4"</text></outputEntry></rule>' +
    '</decisionTable></decision></definitions>';
  const rule = (id: string): string =>
    line(
      node(
        'businessRuleTask',
        'x',
        '',
        extensions(`<zeebe:calledDecision decisionId="${id}" resultVariable="priority"/>`),
      ),
    );

  it('activity/business-rule-task: records inputs, matched rules and output', async () => {
    const game = await play(rule('level'), { impact: 'core' }, table);
    expect(game.variables()).toMatchObject({ priority: 'P1' });
    expect(game.events('DecisionEvaluated')).toMatchObject([{ decision: 'level', rules: ['high'], output: 'P1' }]);
  });

  it('activity/business-rule-task: raises an incident when the decision is not in the release', async () => {
    const game = await play(rule('other'), {}, table);
    expect(game.instance.incidents).toMatchObject([{ kind: 'decision' }]);
  });
});

describe('sub-process', () => {
  const body = (...inner: string[]): string =>
    node('subProcess', 'x', '', start('s1'), user('t'), end('e1'), flows('s1 -> t -> e1'), ...inner);
  const onMessage = (interrupting: boolean): string =>
    node(
      'subProcess',
      'group',
      'triggeredByEvent="true"',
      node('startEvent', 'note', `isInterrupting="${interrupting}"`, on('message', 'm')),
      user('handle'),
      end('e2'),
      flows('note -> handle -> e2'),
    );
  const withEvent = (interrupting: boolean): string =>
    definitions(
      message('m', 'news'),
      process('p', start(), body(onMessage(interrupting)), user('after'), end(), flows('start -> x -> after -> end')),
    );

  it('activity/sub-process: is over when nothing moves inside any more', async () => {
    const game = await play(line(body()));
    game.complete('t');
    expect(game.instance.status).toBe('completed');
  });

  it('activity/event-sub-process: goes on beside an event sub-process that does not interrupt, which may run again', async () => {
    const game = await play(withEvent(false));
    game.message('news', { text: 'a' });
    game.message('news', { text: 'b' });
    expect(game.tasks()).toEqual(['handle', 'handle', 't']);
    game.complete('t');
    game.complete('handle');
    expect(game.tasks()).toEqual(['handle']);
    game.complete('handle');
    expect(game.tasks()).toEqual(['after']);
    expect(game.instance.messages).toEqual([]);
  });

  it('activity/event-sub-process: ends for an event sub-process that interrupts, and its parent goes on normally', async () => {
    const game = await play(withEvent(true));
    game.message('news');
    expect(game.tasks()).toEqual(['handle']);
    expect(game.instance.messages).toEqual([]);
    game.complete('handle');
    expect(game.tasks()).toEqual(['after']);
  });

  it('keeps its boundary events when an event sub-process interrupts it', async () => {
    const both = withEvent(true).replace(
      '</bpmn:process>',
      `${node('boundaryEvent', 'late', 'attachedToRef="x"', timer('Duration', 'PT1H'))}${flows('late -> after')}</bpmn:process>`,
    );
    const game = await play(both);
    game.message('news');
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['after']);
  });

  it('whose event sub-process cannot begin gets an incident there, and begins once that is resolved', async () => {
    const inner = node(
      'subProcess',
      'deep',
      'triggeredByEvent="true"',
      node('startEvent', 'never', '', on('message', 'n')),
      end('e3'),
      flows('never -> e3'),
    );
    const xml = withEvent(false)
      .replace('<bpmn:userTask id="handle"', `${inner}<bpmn:userTask id="handle"`)
      .replace('<bpmn:process id="p"', `${message('n', 'deep news', 'unknown')}<bpmn:process id="p"`);
    const game = await play(xml);
    game.message('news');
    expect(game.instance.incidents).toMatchObject([{ element: 'group', kind: 'expression' }]);
    game.do({ type: 'SetVariables', variables: { unknown: 'k' } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['handle', 't']);
  });

  it('activity/event-sub-process: catches an error of its inside in an event sub-process', async () => {
    const game = await play(
      definitions(
        error('e', 'E1'),
        process(
          'p',
          start(),
          node('endEvent', 'fail', '', on('error', 'e')),
          node(
            'subProcess',
            'group',
            'triggeredByEvent="true"',
            node('startEvent', 'caught', '', on('error', 'e')),
            user('repair'),
            end('e2'),
            flows('caught -> repair -> e2'),
          ),
          flows('start -> fail'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['repair']);
    game.complete('repair');
    expect(game.instance.status).toBe('completed');
  });
});

describe('call activity', () => {
  const called = process('q', start('qs'), user('inner'), end('qe'), flows('qs -> inner -> qe'));
  const call = (more = '', attributes = ''): string =>
    node('callActivity', 'x', '', extensions(`<zeebe:calledElement processId="q" ${attributes}/>`, more));
  const caller = (activity: string, ...more: string[]): string =>
    definitions(error('e', 'E1'), process('p', start(), activity, end(), flows('start -> x -> end'), ...more), called);

  it('activity/call-activity/process: runs the called process with a copy of the variables, and keeps its results to itself', async () => {
    const game = await play(caller(call()), { a: 1 });
    expect(game.tasks()).toEqual(['inner']);
    game.complete('inner', { a: 2, b: 3 });
    expect(game.instance.status).toBe('completed');
    expect(game.variables()).toEqual({ a: 1 });
  });

  it('activity/call-activity/process: gives back what the output mapping names', async () => {
    const game = await play(
      caller(call(mapping({ y: '=a' }, { result: '=b' }), 'propagateAllParentVariables="false"')),
      { a: 1 },
    );
    expect(game.instance.scopes[1]?.variables).toEqual({ y: 1 });
    game.complete('inner', { b: 3 });
    expect(game.variables()).toEqual({ a: 1, result: 3 });
  });

  it('gives back everything when the diagram says so', async () => {
    const game = await play(caller(call('', 'propagateAllChildVariables="true"')), { a: 1 });
    game.complete('inner', { a: 2, b: 3 });
    expect(game.variables()).toEqual({ a: 2, b: 3 });
  });

  it('activity/call-activity/process: can be interrupted from its edge', async () => {
    const edge = node('boundaryEvent', 'late', 'attachedToRef="x"', timer('Duration', 'PT1H'));
    const game = await play(caller(call(), edge, end('e2'), flows('late -> e2')));
    game.advance('PT1H');
    expect(game.instance.status).toBe('completed');
    expect(game.events('TaskCancelled')).toHaveLength(1);
  });

  it('activity/call-activity/process: passes errors of the called process on to its edge', async () => {
    const edge = node('boundaryEvent', 'oops', 'attachedToRef="x"', on('error', 'e'));
    const failing = called.replace(
      '<bpmn:endEvent id="qe" ></bpmn:endEvent>',
      `<bpmn:endEvent id="qe">${on('error', 'e')}</bpmn:endEvent>`,
    );
    const xml = caller(call(), edge, user('handled'), end('e2'), flows('oops -> handled -> e2')).replace(
      called,
      failing,
    );
    const game = await play(xml);
    game.complete('inner');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('raises an incident when the process is not in the release', async () => {
    const game = await play(line(node('callActivity', 'x', '', extensions('<zeebe:calledElement processId="none"/>'))));
    expect(game.instance.incidents).toMatchObject([{ kind: 'call', element: 'x' }]);
  });
});

describe('a task without type', () => {
  it('activity/undefined-task: completes as soon as it is reached', async () => {
    expect((await play(line(node('task', 'x')))).instance.status).toBe('completed');
  });
});

describe('a process that goes round without resting', () => {
  it('becomes an incident instead of running for ever', async () => {
    const game = await play(
      definitions(
        process('p', start(), node('exclusiveGateway', 'gate'), node('task', 'x'), flows('start -> gate -> x -> gate')),
      ),
    );
    expect(game.instance.incidents).toMatchObject([{ kind: 'loop' }]);
  });
});

describe('what has no semantics', () => {
  it('is refused with element and remedy', async () => {
    const problems = await problemsOf(line(node('task', 'x'), node('choreographyTask', 'free')));
    expect(problems).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ rule: 'choreography-activity', element: 'free' })]),
    );
    const marked = await problemsOf(line(node('userTask', 'x', '', '<bpmn:multiInstanceLoopCharacteristics/>')));
    expect(marked).toMatchObject([{ rule: 'loop', element: 'x' }]);
  });

  it('is refused where an engine extension would be left out silently', async () => {
    const other = line(
      node('userTask', 'x', 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="anna"'),
    );
    expect(await problemsOf(other)).toMatchObject([{ rule: 'unsupported-extension', element: 'x' }]);
    const job = definitions(
      process(
        'p',
        start(),
        node('endEvent', 'e', '', extensions('<zeebe:taskDefinition type="mail"/>')),
        flows('start -> e'),
      ),
    );
    expect(await problemsOf(job)).toMatchObject([{ rule: 'unsupported-extension', element: 'e' }]);
    const listening = line(user('x')).replace(
      'isExecutable="true">',
      `isExecutable="true">${extensions('<zeebe:executionListeners/>')}`,
    );
    expect(await problemsOf(listening)).toMatchObject([{ rule: 'unsupported-extension', element: 'p' }]);
  });

  it('is refused when the XML cannot be read', async () => {
    expect(await problemsOf('<nonsense')).toMatchObject([{ rule: 'readable' }]);
  });
});

describe('outgoing flows of an activity', () => {
  const split = definitions(
    process(
      'p',
      start(),
      node('task', 'x', 'default="x_other"'),
      user('always'),
      user('sometimes'),
      user('other'),
      flows('start -> x -> always', 'x -[n > 1]-> sometimes', 'x -> other'),
    ),
  );

  it('take the default when no condition holds, also beside a flow without one', async () => {
    expect((await play(split, { n: 1 })).tasks()).toEqual(['always', 'other']);
  });

  it('leave the default when a condition holds', async () => {
    expect((await play(split, { n: 2 })).tasks()).toEqual(['always', 'sometimes']);
  });
});

describe('a choice of another engine', () => {
  const called = (attributes: string): Promise<Problem[]> =>
    problemsOf(
      line(
        node(
          'businessRuleTask',
          'x',
          '',
          extensions(`<zeebe:calledDecision decisionId="d" resultVariable="r" ${attributes}/>`),
        ),
      ),
    );

  it('is refused where it would mean something else here, and taken where it means the same', async () => {
    expect(await called('bindingType="deployment"')).toEqual([]);
    expect(await called('bindingType="versionTag" versionTag="v1"')).toMatchObject([
      { rule: 'unsupported-extension', element: 'x', message: expect.stringContaining('versionTag') },
    ]);
    expect(await called('retrys="3"')).toMatchObject([{ rule: 'unsupported-extension', element: 'x' }]);
  });
});
