import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, flows, message, node, on, process, signal, start, timer, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { condition } from '../../support/events.ts';
import { deployDiagram, expectTablesToFollow, stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const HOUR = 3600_000;
const BOTH = on('message', 'm') + on('signal', 's');
const roots = (name: string) => [message('m', `ordered-${name}`), signal('s', `alarm-${name}`)];

const bySignal = (id: string) =>
  definitions(
    ...roots('one'),
    process(id, start('siren', on('signal', 's')), user('look'), end(), flows('siren -> look -> end')),
  );
const shouting = definitions(
  ...roots('one'),
  process(
    'shouting',
    start(),
    node('intermediateThrowEvent', 'shout', '', on('signal', 's')),
    end(),
    flows('start -> shout -> end'),
  ),
);
const several = definitions(
  ...roots('several'),
  process(
    'several',
    node('startEvent', 'begin', 'parallelMultiple="true"', BOTH),
    user('look'),
    end(),
    flows('begin -> look -> end'),
  ),
);
const clocks = definitions(
  process(
    'clocks',
    start('at', timer('Duration', 'PT1H'), timer('Cycle', '0 30 * * * *')),
    user('look'),
    end(),
    flows('at -> look -> end'),
  ),
);
const stock = definitions(
  process('stock', start('low', condition('stock < 3')), user('order'), end(), flows('low -> order -> end')),
);
const receiving = definitions(
  ...roots('receive'),
  process(
    'receiving',
    node('receiveTask', 'first', 'messageRef="m" instantiate="true"'),
    user('look'),
    end(),
    flows('first -> look -> end'),
  ),
);
const racing = definitions(
  ...roots('race'),
  process(
    'racing',
    node('eventBasedGateway', 'race', 'instantiate="true" eventGatewayType="Parallel"'),
    node('intermediateCatchEvent', 'a', '', on('message', 'm')),
    node('intermediateCatchEvent', 'b', '', on('signal', 's')),
    user('x'),
    user('y'),
    end(),
    flows('race -> a -> x -> end', 'race -> b -> y -> end'),
  ),
);

describeDatabase('instances are started', (open) => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db ??= await open();
    it1 = stage(db);
    await deployDiagram(it1, bySignal('one'), bySignal('two'), shouting, several, clocks, stock, receiving, racing);
    await db.run('delete from instances');
  });

  const of = async (process: string) =>
    (await db.query<{ id: string }>('select id from instances where process = $1 order by id', [process])).map(
      ({ id }) => id,
    );
  const broadcast = (name: string, id?: string) =>
    it1.runtime.broadcastSignal({ name, variables: { level: 3 }, actor: 'u', ...(id === undefined ? {} : { id }) });

  it('by a signal, in every process that begins with it', async () => {
    const started = await broadcast('alarm-one');
    expect(started.sort()).toEqual([...(await of('one')), ...(await of('two'))].sort());
    expect(await it1.runtime.instance(started[0] ?? '')).toMatchObject({ scopes: [{ variables: { level: 3 } }] });
    await expectTablesToFollow(db, it1);
  });

  it('by one signal once, also when it is told twice', async () => {
    expect(await broadcast('alarm-one', 'same')).toHaveLength(2);
    expect(await broadcast('alarm-one', 'same')).toEqual([]);
    expect(await of('one')).toHaveLength(1);
  });

  it('by a signal that another instance throws', async () => {
    await it1.runtime.start({ process: 'shouting', variables: {}, actor: 'u' });
    await it1.runtime.settle();
    await it1.runtime.settle();
    expect([await of('one'), await of('two')].map((ids) => ids.length)).toEqual([1, 1]);
  });

  it('by the first of several triggers, and wait for the others', async () => {
    const [id = ''] = await broadcast('alarm-several');
    expect(await it1.runtime.instance(id)).toMatchObject({ messages: [{ name: 'ordered-several' }], signals: [] });
    const published = await it1.runtime.publishMessage({
      name: 'ordered-several',
      key: 'k',
      variables: {},
      actor: 'u',
    });
    expect(published).toMatchObject({ result: 'correlated', instance: { id } });
  });

  it('by each timer of one start event', async () => {
    it1.clock.advance(HOUR / 2);
    await it1.runtime.settle();
    expect(await of('clocks')).toHaveLength(1);
    it1.clock.advance(HOUR / 2);
    await it1.runtime.settle();
    expect(await of('clocks')).toHaveLength(2);
    it1.clock.advance(HOUR / 2);
    await it1.runtime.settle();
    expect(await of('clocks')).toHaveLength(3);
  });

  it('by values from outside that a condition holds for', async () => {
    expect(await it1.runtime.evaluateConditionals({ variables: { stock: 3 }, actor: 'u' })).toEqual([]);
    expect(await it1.runtime.evaluateConditionals({ variables: { stock: 2 }, actor: 'u', process: 'one' })).toEqual([]);
    const started = await it1.runtime.evaluateConditionals({ variables: { stock: 2 }, actor: 'u' });
    expect(started).toEqual(await of('stock'));
    expect(started).toHaveLength(1);
  });

  it('by the message of a receive task', async () => {
    const sent = { name: 'ordered-receive', key: '', variables: { a: 1 }, actor: 'u' };
    const published = await it1.runtime.publishMessage(sent);
    expect(published).toMatchObject({ result: 'started', instance: { process: 'receiving', messages: [] } });
  });

  it('by an event behind a gateway, and wait for the others where all are to come', async () => {
    const [id = ''] = await broadcast('alarm-race');
    expect(await it1.runtime.instance(id)).toMatchObject({ process: 'racing', messages: [{ element: 'a' }] });
    const sent = { name: 'ordered-race', key: 'k', variables: {}, actor: 'u' };
    expect(await it1.runtime.publishMessage(sent)).toMatchObject({ result: 'correlated', instance: { id } });
  });
});
