import { describe, expect, it } from '@jest/globals';
import { definitions, end, flows, node, process, start, user } from '../../support/bpmn.ts';
import { play, problemsOf } from '../../support/play.ts';

describe('token quantities', () => {
  it('activity/token-quantities: puts several tokens on the flow, and waits for several', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('userTask', 'split', 'completionQuantity="2"'),
          user('each'),
          node('userTask', 'both', 'startQuantity="2"'),
          end(),
          flows('start -> split -> each -> both -> end'),
        ),
      ),
    );
    game.complete('split');
    expect(game.tasks()).toEqual(['each', 'each']);
    game.complete('each');
    expect(game.tasks()).toEqual(['each']);
    game.complete('each');
    expect(game.tasks()).toEqual(['both']);
    game.complete('both');
    expect(game.instance.status).toBe('completed');
  });

  it('refuses a quantity of zero', async () => {
    const xml = definitions(
      process('p', start(), node('task', 't', 'startQuantity="0"'), end(), flows('start -> t -> end')),
    );
    expect(await problemsOf(xml)).toMatchObject([{ rule: 'quantity', element: 't' }]);
  });

  it('raises an incident when the missing tokens cannot come', async () => {
    const game = await play(
      definitions(process('p', start(), node('task', 't', 'startQuantity="2"'), end(), flows('start -> t -> end'))),
    );
    expect(game.instance.incidents).toMatchObject([{ kind: 'join', element: 't' }]);
    expect(game.instance.incidents[0]?.message).toContain('start_t');
  });
});

describe('a process without start and end events', () => {
  it('begins at every element that nothing leads to, and ends when all have ended', async () => {
    const game = await play(definitions(process('p', user('a'), user('b'), user('c'), flows('a -> c'))));
    expect(game.tasks()).toEqual(['a', 'b']);
    game.complete('a');
    game.complete('b');
    game.complete('c');
    expect(game.instance.status).toBe('completed');
  });

  it('is the same inside a sub-process, and an empty one is over at once', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('subProcess', 'empty'),
          node('subProcess', 'sub', '', user('a'), user('b')),
          user('after'),
          flows('start -> empty -> sub -> after'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['a', 'b']);
    game.complete('a');
    game.complete('b');
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('parallel join', () => {
  it('is an incident when the missing token went elsewhere', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          user('a'),
          user('b'),
          node('exclusiveGateway', 'or', 'default="or_join"'),
          node('parallelGateway', 'join'),
          end(),
          end('elsewhere'),
          flows(
            'start -> fork',
            'fork -> a -> join',
            'fork -> b -> or',
            'or -> join',
            'or -[gone]-> elsewhere',
            'join -> end',
          ),
        ),
      ),
    );
    game.complete('a');
    expect(game.instance.incidents).toEqual([]);
    game.complete('b', { gone: true });
    expect(game.instance.incidents).toMatchObject([{ kind: 'join', element: 'join' }]);
    expect(game.instance.incidents[0]?.message).toContain('or_join');
  });

  it('is an incident when two joins wait for each other', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          node('parallelGateway', 'one'),
          node('parallelGateway', 'two'),
          end(),
          flows('start -> fork', 'fork -> one', 'fork -> two', 'one -> two', 'two -> one', 'one -> end'),
        ),
      ),
    );
    expect(game.instance.incidents.map(({ element }) => element).sort()).toEqual(['one', 'two']);
  });
});

describe('global task', () => {
  it('activity/call-activity/global-task: is called like a process', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('callActivity', 'call', 'calledElement="ask"'),
          user('after'),
          end(),
          flows('start -> call -> after -> end'),
        ),
        '<bpmn:globalUserTask id="ask" name="Ask"/>',
      ),
      {},
    );
    expect(game.tasks()).toEqual(['ask']);
    game.complete('ask');
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('data of the standard', () => {
  const io = (inner: string): string =>
    `<bpmn:ioSpecification>${inner}<bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>`;

  it('activity/data-associations: copies data objects into and out of an activity', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          '<bpmn:dataObject id="d" name="order"/><bpmn:dataObjectReference id="r" dataObjectRef="d"/>',
          '<bpmn:dataObject id="d2" name="total"/><bpmn:dataObjectReference id="r2" dataObjectRef="d2"/>',
          start(),
          node(
            'userTask',
            'sum',
            '',
            io('<bpmn:dataInput id="i" name="given"/><bpmn:dataOutput id="o" name="counted"/>'),
            '<bpmn:dataInputAssociation id="ia"><bpmn:sourceRef>r</bpmn:sourceRef><bpmn:targetRef>i</bpmn:targetRef></bpmn:dataInputAssociation>',
            '<bpmn:dataOutputAssociation id="oa"><bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>r2</bpmn:targetRef><bpmn:transformation>counted * 2</bpmn:transformation></bpmn:dataOutputAssociation>',
          ),
          user('after'),
          end(),
          flows('start -> sum -> after -> end'),
        ),
      ),
      { order: [1, 2] },
    );
    expect(game.instance.scopes.at(-1)?.variables).toEqual({ given: [1, 2] });
    game.complete('sum', { counted: 2, by: 'me' });
    expect(game.variables()).toEqual({ order: [1, 2], total: 4, by: 'me' });
  });

  it('activity/data-associations: keeps the data objects and properties of a sub-process inside', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node(
            'subProcess',
            'sub',
            '',
            '<bpmn:property id="count"/>',
            '<bpmn:dataObject id="inner" name="draft"/>',
            user('write'),
            user('check'),
            flows('write -> check'),
          ),
          user('after'),
          flows('start -> sub -> after'),
        ),
      ),
    );
    game.complete('write', { draft: 'x', count: 1, open: true });
    expect(game.variables()).toEqual({ open: true });
    expect(game.instance.scopes.at(-1)?.variables).toEqual({ draft: 'x', count: 1 });
    game.complete('check');
    expect(game.tasks()).toEqual(['after']);
  });
});
