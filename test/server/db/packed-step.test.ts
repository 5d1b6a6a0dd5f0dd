import { describe, expect, it } from '@jest/globals';
import { canonical } from '../../../engine/index.ts';
import type { Command, Event } from '../../../engine/index.ts';
import { packStep, unpackStep } from '../../../server/db/packed-step.ts';

const columns = { at: 1795337496889, actor: 'user:li' };
/** More than a command has. */
const row = { ...columns, seq: 3 };
const variables = { title: '打印机', nested: { b: [1, null, { '"': '\\' }], a: -0.5 } };
const started: Event = {
  type: 'InstanceStarted',
  instance: '77',
  release: '5',
  process: 'p',
  at: columns.at,
  variables,
};
const start: Command = { type: 'Start', instance: '77', release: '5', process: 'p', variables, ...columns };

const again = (command: Command, events: Event[]) => unpackStep(packStep({ command, events }), row);

describe('a step as it is stored', () => {
  it('has the same canonical texts when it is read again, whatever members its events have', () => {
    const events: Event[] = [
      { type: 'ElementCompleted', token: 2 },
      { type: 'ElementCompleted', token: 3, output: [1, { x: null }] },
      {
        type: 'TaskCreated',
        task: 4,
        element: 'fix',
        assignee: null,
        groups: ['a'],
        users: [],
        priority: 50,
        due: 5,
        form: 'f',
      },
      { type: 'ElementEntered', token: 5, joined: [1, 2] },
      { type: 'TransactionCancelled', token: 6 },
      { type: 'InstanceEnded', status: 'completed', at: 7 },
    ];
    const command: Command = { type: 'CompleteTask', task: 2, variables, ...columns };
    const read = again(command, events);
    expect(canonical(read.command)).toBe(canonical(command));
    expect(canonical(read.events)).toBe(canonical(events));
  });

  it('says once what a start and its first event both say', () => {
    const packed = packStep({ command: start, events: [started] });
    expect(packed.command).toBe('{"type":"Start"}');
    expect(packed.events.match(/打印机/g)).toHaveLength(1);
    expect(again(start, [started])).toEqual({ command: start, events: [started] });
  });

  it('keeps what a start says otherwise than its first event', () => {
    const { process, ...rest } = start;
    const cases: [Command, Event][] = [
      [{ ...start, variables: { other: 1 } }, started],
      [{ ...rest, process, businessKey: 'R-1', element: 'x' } as Command, { ...started, businessKey: 'R-1' }],
      [start, { ...started, businessKey: 'R-2' }],
    ];
    for (const [command, event] of cases) expect(again(command, [event])).toEqual({ command, events: [event] });
  });

  it('is read when it was stored as canonical texts, as it once was', () => {
    const texts = { command: canonical(start), events: canonical([started]) };
    expect(unpackStep(texts, { at: 0, actor: 'nobody' })).toEqual({ command: start, events: [started] });
  });

  it('is refused when it names a shape that nobody knows', () => {
    expect(() => unpackStep({ command: '{}', events: '[[999,1]]' }, columns)).toThrow('shape 999');
  });

  it('never changes: places of shapes are for ever', () => {
    const events: Event[] = [
      { type: 'FlowTaken', token: 4, flow: 'a-b', element: 'b', scope: 0 },
      { type: 'TimerSet', timer: 3, element: 'late', host: 2, due: 9, repeat: { left: 1, every: 'PT1H' } },
      { type: 'InstanceEnded', status: 'completed', at: 7 },
    ];
    expect(packStep({ command: start, events }).events).toBe(
      '[[4,4,"a-b","b",0],[19,3,"late",2,9,{"repeat":{"left":1,"every":"PT1H"}}],[28,"completed",7]]',
    );
  });
});
