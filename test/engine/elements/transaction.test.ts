import { describe, expect, it } from '@jest/globals';
import {
  cancel,
  compensation,
  definitions,
  end,
  error,
  extensions,
  flows,
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
import { play, problemsOf } from '../../support/play.ts';

/** A transaction `tx` around these nodes, with a cancel boundary event, behind it `booked` or `cancelled`. */
function around(lines: string[], ...inside: string[]): string {
  return definitions(
    error('e', 'E'),
    signal('s', 'stop'),
    process(
      'p',
      start(),
      node('transaction', 'tx', '', start('in'), ...inside, flows(...lines)),
      node('boundaryEvent', 'edge', 'attachedToRef="tx"', cancel()),
      user('booked'),
      user('cancelled'),
      end(),
      end('end2'),
      flows('start -> tx -> booked -> end', 'edge -> cancelled -> end2'),
    ),
  );
}

/** Hotel and flight are booked side by side; `ask` decides. */
const trip = around(
  ['in -> fork -> hotel -> join -> ask -> ok -> out', 'fork -> flight -> join', 'ok -[no = true]-> stop'],
  node('parallelGateway', 'fork'),
  user('hotel'),
  undoneBy('hotel'),
  user('flight'),
  undoneBy('flight'),
  node('parallelGateway', 'join'),
  user('ask'),
  node('exclusiveGateway', 'ok', 'default="ok_out"'),
  end('out'),
  end('stop', cancel()),
);

describe('a transaction', () => {
  it('activity/transaction: goes on like a sub-process when it is not cancelled', async () => {
    const game = await play(trip);
    game.complete('hotel');
    game.complete('flight');
    game.complete('ask');
    expect(game.tasks()).toEqual(['booked']);
    expect(game.instance.compensations).toMatchObject([{ element: 'tx', records: [{}, {}] }]);
  });

  it('boundary/cancel/interrupting: undoes what completed, and then leaves by its cancel boundary event', async () => {
    const game = await play(trip);
    game.complete('hotel');
    game.complete('flight');
    game.complete('ask', { no: true });
    expect(game.at()).toEqual(['tx', 'undo_flight', 'undo_hotel']);
    expect(game.events('TransactionCancelled')).toHaveLength(1);
    game.complete('undo_hotel');
    game.complete('undo_flight');
    expect(game.tasks()).toEqual(['cancelled']);
    game.complete('cancelled');
    expect(game.instance.status).toBe('completed');
  });

  it('boundary/cancel/interrupting: is left at once when nothing has completed, and ends what is under way', async () => {
    const game = await play(
      around(
        ['in -> fork -> hotel -> out', 'fork -> ask -> stop'],
        node('parallelGateway', 'fork'),
        user('hotel'),
        undoneBy('hotel'),
        user('ask'),
        end('out'),
        end('stop', cancel()),
      ),
    );
    game.complete('ask');
    expect(game.events('TaskCancelled')).toHaveLength(1);
    expect(game.at()).toEqual(['cancelled']);
    expect(game.instance.scopes).toHaveLength(1);
  });

  it('end/cancel: is cancelled from a sub-process inside, where what completed is undone too', async () => {
    const sub = node(
      'subProcess',
      'sub',
      '',
      start('in2'),
      user('flight'),
      undoneBy('flight', service('undo_flight')),
      end('stop', cancel()),
      flows('in2 -> flight -> stop'),
    );
    const wait = node('subProcess', 'idle', '', start('in3'), user('rest'), end('out3'), flows('in3 -> rest -> out3'));
    const game = await play(
      around(
        ['in -> hotel -> fork -> sub -> out', 'fork -> idle -> out'],
        user('hotel'),
        undoneBy('hotel'),
        node('parallelGateway', 'fork'),
        sub,
        wait,
        end('out'),
      ),
    );
    game.complete('hotel');
    game.complete('flight');
    expect(game.at()).toEqual(['sub', 'tx', 'undo_flight', 'undo_hotel']);
    game.completeJob('undo_flight');
    expect(game.at()).toEqual(['tx', 'undo_hotel']);
    game.complete('undo_hotel');
    expect(game.at()).toEqual(['cancelled']);
  });

  it('undoes the iterations of a loop that have completed when it is cancelled in the middle of it', async () => {
    const three =
      '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>3</bpmn:loopCardinality>' +
      '</bpmn:multiInstanceLoopCharacteristics>';
    const game = await play(
      around(
        ['in -> fork -> hotel -> out', 'fork -> ask -> stop'],
        node('parallelGateway', 'fork'),
        user('hotel', three),
        undoneBy('hotel'),
        user('ask'),
        end('out'),
        end('stop', cancel()),
      ),
    );
    game.complete('hotel');
    game.complete('hotel');
    game.complete('ask');
    expect(game.tasks()).toEqual(['undo_hotel', 'undo_hotel']);
    game.complete('undo_hotel');
    game.complete('undo_hotel');
    expect(game.at()).toEqual(['cancelled']);
    expect(game.instance.scopes).toHaveLength(1);
  });

  it('lets a compensation that is already under way come to its end', async () => {
    const game = await play(
      around(
        ['in -> hotel -> fork -> back -> out', 'fork -> ask -> stop'],
        user('hotel'),
        undoneBy('hotel'),
        node('parallelGateway', 'fork'),
        node('intermediateThrowEvent', 'back', '', compensation()),
        user('ask'),
        end('out'),
        end('stop', cancel()),
      ),
    );
    game.complete('hotel');
    game.complete('ask');
    expect(game.at()).toEqual(['tx', 'undo_hotel']);
    game.complete('undo_hotel');
    expect(game.at()).toEqual(['cancelled']);
  });

  it('no longer listens to its other boundary events while it is cancelled', async () => {
    const late = node('boundaryEvent', 'late', 'attachedToRef="tx"', timer('Duration', 'PT1H'));
    const game = await play(trip.replace('</bpmn:process>', `${late}${flows('late -> cancelled')}</bpmn:process>`));
    game.complete('hotel');
    game.complete('flight');
    expect(game.instance.timers).toHaveLength(1);
    game.complete('ask', { no: true });
    expect(game.instance.timers).toEqual([]);
  });

  it('activity/transaction: undoes nothing when an error leaves it', async () => {
    const hazard = node('boundaryEvent', 'hazard', 'attachedToRef="tx"', on('error', 'e'));
    const xml = trip
      .replace(cancel(), on('error', 'e'))
      .replace('</bpmn:process>', `${hazard}${flows('hazard -> booked')}</bpmn:process>`);
    const game = await play(xml);
    game.complete('hotel');
    game.complete('flight');
    game.complete('ask', { no: true });
    expect(game.at()).toEqual(['booked']);
    expect(game.instance).not.toHaveProperty('compensations');
  });

  it('end/cancel: ends without taking a flow when it is cancelled and has no cancel boundary event', async () => {
    const bare = trip
      .replace(node('boundaryEvent', 'edge', 'attachedToRef="tx"', cancel()), '')
      .replace(flows('edge -> cancelled'), flows('booked -> cancelled'));
    const game = await play(bare);
    game.complete('hotel');
    game.complete('flight');
    game.complete('ask', { no: true });
    game.complete('undo_hotel');
    game.complete('undo_flight');
    expect(game.instance.status).toBe('completed');
    expect(game.events('TaskCreated').map(({ element }) => element)).not.toContain('booked');
  });

  it('may itself be undone once it has completed', async () => {
    const game = await play(
      trip.replace('<bpmn:endEvent id="end" ></bpmn:endEvent>', end('end', compensation('activityRef="tx"'))),
    );
    game.complete('hotel');
    game.complete('flight');
    game.complete('ask');
    game.complete('booked');
    expect(game.at()).toEqual(['end', 'tx', 'undo_flight', 'undo_hotel']);
    game.complete('undo_hotel');
    game.complete('undo_flight');
    expect(game.instance.status).toBe('completed');
  });
});

describe('a drawing of a transaction', () => {
  it.each([
    ['a cancel end event outside of any', trip.replaceAll('bpmn:transaction', 'bpmn:subProcess'), ['stop', 'edge']],
    ['a cancel boundary event on a task', trip.replace('attachedToRef="tx"', 'attachedToRef="booked"'), ['edge']],
    [
      'a cancel boundary event that does not interrupt',
      trip.replace('"tx">', '"tx" cancelActivity="false">'),
      ['edge'],
    ],
    ['a method that is not compensation', trip.replace('id="tx"', 'id="tx" method="##Store"'), ['tx']],
  ])('is refused with %s', async (_what, xml, elements) => {
    expect((await problemsOf(xml)).map(({ element }) => element)).toEqual(elements);
  });

  it('activity/transaction: ends what still goes on inside without undoing what it did', async () => {
    const game = await play(
      around(
        ['in -> fork -> inner -> out', 'fork -> pay -> ask -> stop'],
        node('parallelGateway', 'fork'),
        node(
          'transaction',
          'inner',
          '',
          start('is'),
          user('book'),
          undoneBy('book'),
          user('confirm'),
          flows('is -> book -> confirm'),
        ),
        user('pay'),
        undoneBy('pay'),
        user('ask'),
        end('stop', cancel()),
        end('out'),
      ),
    );
    game.complete('book');
    game.complete('pay');
    game.complete('ask');
    expect(game.tasks()).toEqual(['undo_pay']);
    game.complete('undo_pay');
    expect(game.tasks()).toEqual(['cancelled']);
  });

  it('activity/transaction: undoes an activity that is just being left, whose end listener it takes back', async () => {
    const told =
      '<zeebe:executionListeners><zeebe:executionListener eventType="end" type="told"/></zeebe:executionListeners>';
    const game = await play(
      around(
        ['in -> fork -> part -> out', 'fork -> ask -> stop'],
        node('parallelGateway', 'fork'),
        node(
          'subProcess',
          'part',
          '',
          extensions(told),
          start('ps'),
          user('book'),
          undoneBy('book'),
          flows('ps -> book'),
        ),
        user('ask'),
        end('stop', cancel()),
        end('out'),
      ),
    );
    game.complete('book');
    game.complete('ask');
    expect(game.events('JobCancelled')).toHaveLength(1);
    expect(game.tasks()).toEqual(['undo_book']);
    game.complete('undo_book');
    expect(game.tasks()).toEqual(['cancelled']);
  });
});
