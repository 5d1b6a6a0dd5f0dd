import { describe, expect, it } from '@jest/globals';
import { extensions, timer } from '../../../support/bpmn.ts';
import { boundary, catching, eventSubProcess, starting } from '../../../support/events.ts';
import { MONDAY, play, problemsOf, releaseOf } from '../../../support/play.ts';

const HOUR = 3_600_000;
const ZONE = '<zeebe:properties><zeebe:property name="timezone" value="Asia/Shanghai"/></zeebe:properties>';

describe('timer', () => {
  it('catch/timer: waits for a wall clock time in the zone of the process', async () => {
    const xml = catching(timer('Date', '2026-03-02T18:00:00'), '').replace(
      '<bpmn:process id="p" isExecutable="true">',
      `<bpmn:process id="p" isExecutable="true">${extensions(ZONE)}`,
    );
    const game = await play(xml);
    expect(game.instance.timers).toMatchObject([{ due: MONDAY + 2 * HOUR }]);
    game.advance('PT2H');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('boundary/timer/interrupting: goes by the zone of the event before that of the process', async () => {
    const game = await play(boundary(extensions(ZONE) + timer('Date', '2026-03-02T18:00:00'), true, ''));
    game.advance('PT2H');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('boundary/timer/non-interrupting: comes at each time of a cron text', async () => {
    const game = await play(boundary(extensions(ZONE) + timer('Cycle', '0 0 18 * * MON-FRI'), false, ''));
    expect(game.instance.timers).toMatchObject([
      { due: MONDAY + 2 * HOUR, repeat: { left: -1, every: '0 0 18 * * MON-FRI', zone: 'Asia/Shanghai' } },
    ]);
    game.advance('P7D');
    // Five working days, the weekend left out.
    expect(game.events('TimerFired')).toHaveLength(5);
  });

  it('boundary/timer/non-interrupting: a monthly cycle does not drift from the end of the month', async () => {
    const game = await play(boundary(timer('Cycle', 'R3/2026-03-31T00:00:00Z/P1M'), false, ''));
    game.advance('P4M');
    expect(game.events('TimerSet').map(({ due }) => new Date(due).toISOString().slice(0, 10))).toEqual([
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ]);
  });

  it('event-sub-process/timer/interrupting: ends what goes on beside it', async () => {
    const game = await play(eventSubProcess(timer('Duration', 'PT1H'), true, ''));
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('event-sub-process/timer/non-interrupting: begins at each time of its cycle', async () => {
    const game = await play(eventSubProcess(timer('Cycle', 'R2/PT1H'), false, ''));
    game.advance('PT5H');
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
  });

  it('start/timer: tells its zone and its cron text', async () => {
    const model = (await releaseOf(starting(extensions(ZONE) + timer('Cycle', '0 0 8 * * *'), ''))).processes.get('p');
    expect(model?.starts).toEqual([
      { element: 'begin', kind: 'timer', timer: { kind: 'cycle', text: '0 0 8 * * *', zone: 'Asia/Shanghai' } },
    ]);
  });

  it('is refused with an unknown zone or a cron text that is none', async () => {
    const unknown = boundary(extensions(ZONE.replace('Asia/Shanghai', 'Mars')) + timer('Duration', 'PT1H'), true, '');
    expect(await problemsOf(unknown)).toMatchObject([{ rule: 'timer', element: 'edge' }]);
    expect(await problemsOf(boundary(timer('Cycle', '0 0 99 * * *'), true, ''))).toMatchObject([{ rule: 'timer' }]);
  });
});
