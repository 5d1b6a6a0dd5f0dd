import { beforeAll, expect, it } from '@jest/globals';
import { definitions, end, flows, message, node, on, process, signal, start, user } from '../../../support/bpmn.ts';
import { describeDatabase } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';

const files = {
  waits: definitions(
    message('m', 'paid', 'order'),
    process(
      'waits',
      start(),
      node('intermediateCatchEvent', 'wait', '', on('message', 'm')),
      user('ship'),
      end(),
      flows('start -> wait -> ship -> end'),
    ),
  ),
  begins: definitions(
    '<bpmn:message id="m2" name="ordered"/>',
    process('begins', start('s1', on('message', 'm2')), user('pick'), end(), flows('s1 -> pick -> end')),
  ),
  alarm: definitions(
    signal('s', 'alarm'),
    process(
      'alarmed',
      start(),
      node('intermediateCatchEvent', 'hear', '', on('signal', 's')),
      end(),
      flows('start -> hear -> end'),
    ),
  ),
};
const table =
  '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="levels" name="Levels" namespace="test"><decision id="level" name="Level">' +
  '<decisionTable id="t" hitPolicy="UNIQUE"><input id="i" label="impact"><inputExpression id="ie"><text>impact</text></inputExpression></input><output id="o" name="level"/>' +
  '<rule id="high"><inputEntry id="e1"><text>"core"</text></inputEntry><outputEntry id="o1"><text>"P1"</text></outputEntry></rule>' +
  '<rule id="double"><inputEntry id="e2"><text>"both"</text></inputEntry><outputEntry id="o2"><text>"P2"</text></outputEntry></rule>' +
  '<rule id="double2"><inputEntry id="e3"><text>"both"</text></inputEntry><outputEntry id="o3"><text>"P3"</text></outputEntry></rule>' +
  '</decisionTable></decision></definitions>';

describeDatabase('messages, signals and decisions of the process API', (open) => {
  let desk: Desk;
  let api: Awaited<ReturnType<Desk['client']>>;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    api = await desk.client('processes:run', 'processes:read', 'models:read');
    const given = Object.entries(files).map(([name, content]) => ({ name: `${name}.bpmn`, content }));
    const deployed = await desk.services.runtime.deploy([...given, { name: 'levels.dmn', content: table }], {
      actor: 'user:olga',
    });
    expect(deployed.release).toBeDefined();
  }, 180_000);

  const begin = async (of: string, variables = {}) =>
    (await desk.services.runtime.start({ process: of, variables, actor: 'system' })).instance.id;
  const restsAt = async (id: string) =>
    (await desk.services.runtime.instance(id))?.tokens.map(({ element }) => element);
  const publish = (body: object) => api('post', '/v2/messages/publication').send({ name: 'paid', ...body });
  const correlate = (body: object) => api('post', '/v2/messages/correlation').send({ name: 'paid', ...body });
  const find = async (what: string, filter: object) =>
    (await api('post', `/v2/${what}/search`).send({ filter })).body.items;

  it('a message reaches who waits for it, and one with the same id is answered alike and not delivered', async () => {
    const id = await begin('waits', { order: 'o-1' });
    const sent = { correlationKey: 'o-1', messageId: 'bank-7', variables: { amount: 12 }, tenantId: '<default>' };
    const first = await publish(sent);
    expect([first.status, first.body]).toEqual([
      200,
      { messageKey: expect.stringMatching(/^\d{10,19}$/), tenantId: '<default>' },
    ]);
    expect(await restsAt(id)).toEqual(['ship']);
    const other = await begin('waits', { order: 'o-1' });
    expect((await publish(sent)).body).toEqual(first.body);
    expect(await restsAt(other)).toEqual(['wait']);
    expect((await find('correlated-message-subscriptions', { processInstanceKey: id }))[0]).toMatchObject({
      messageKey: first.body.messageKey,
      messageName: 'paid',
      correlationKey: 'o-1',
      elementId: 'wait',
      processDefinitionId: 'waits',
    });
  });

  it('a message waits for its receiver no longer than it may, and keeps its key', async () => {
    const sent = await publish({ correlationKey: 'o-2', timeToLive: 60_000 });
    const id = await begin('waits', { order: 'o-2' });
    await desk.services.runtime.settle();
    expect(await restsAt(id)).toEqual(['ship']);
    const [got] = await find('correlated-message-subscriptions', { processInstanceKey: id, messageName: 'paid' });
    expect(got.messageKey).toBe(sent.body.messageKey);
    await publish({ correlationKey: 'o-3' });
    const late = await begin('waits', { order: 'o-3' });
    await desk.services.runtime.settle();
    expect(await restsAt(late)).toEqual(['wait']);
  });

  it('a message is correlated now, or it is said that nobody waits', async () => {
    const id = await begin('waits', { order: 'o-4' });
    const done = await correlate({ correlationKey: 'o-4', variables: { a: 1 } });
    expect([done.status, done.body]).toEqual([
      200,
      { messageKey: expect.any(String), processInstanceKey: id, tenantId: '<default>' },
    ]);
    const none = await correlate({ correlationKey: 'o-4' });
    expect([none.status, none.body.title]).toEqual([404, 'NOT_FOUND']);
    const started = await correlate({ name: 'ordered' });
    expect(await restsAt(started.body.processInstanceKey)).toEqual(['pick']);
  });

  it('who waits for which message is found, of one instance also what is over', async () => {
    const id = await begin('waits', { order: 'o-5' });
    const [open1] = await find('message-subscriptions', { messageName: 'paid', correlationKey: 'o-5' });
    expect(open1).toMatchObject({ processInstanceKey: id, elementId: 'wait', messageSubscriptionState: 'CREATED' });
    expect(await find('message-subscriptions', { messageSubscriptionKey: open1.messageSubscriptionKey })).toHaveLength(
      1,
    );
    const asked = { processDefinitionId: 'waits', correlationKey: 'o-5' };
    expect(await find('message-subscriptions', asked)).toEqual([open1]);
    expect(await find('message-subscriptions', { ...asked, processDefinitionKey: open1.processDefinitionKey })).toEqual(
      [open1],
    );
    expect(await find('message-subscriptions', { ...asked, processDefinitionId: 'begins' })).toEqual([]);
    await publish({ correlationKey: 'o-5' });
    expect(await find('message-subscriptions', { correlationKey: 'o-5' })).toEqual([]);
    expect(await find('message-subscriptions', { processInstanceKey: id })).toMatchObject([
      {
        messageSubscriptionState: 'CORRELATED',
        messageSubscriptionKey: open1.messageSubscriptionKey,
        lastUpdatedDate: expect.any(String),
      },
    ]);
    expect((await api('post', '/v2/correlated-message-subscriptions/search').send({})).body.detail).toMatch(
      /processInstanceKey/,
    );
  });

  it('a signal reaches all that wait for it', async () => {
    const ids = [await begin('alarmed'), await begin('alarmed')];
    const { status, body } = await api('post', '/v2/signals/broadcast').send({
      signalName: 'alarm',
      variables: { hall: 2 },
    });
    expect([status, body]).toEqual([200, { signalKey: expect.stringMatching(/^\d+$/), tenantId: '<default>' }]);
    for (const id of ids) expect(await desk.services.runtime.instance(id)).toMatchObject({ status: 'completed' });
    expect((await api('post', '/v2/signals/broadcast').send({ name: 'alarm' })).status).toBe(400);
  });

  it('a decision is evaluated by id and by key, and says why it failed', async () => {
    const evaluate = async (body: object) => (await api('post', '/v2/decision-definitions/evaluation').send(body)).body;
    const first = await evaluate({ decisionDefinitionId: 'level', variables: { impact: 'core' } });
    expect(first).toMatchObject({
      decisionDefinitionId: 'level',
      decisionDefinitionName: 'Level',
      decisionDefinitionVersion: 1,
      decisionRequirementsId: 'levels',
      output: '"P1"',
      failureMessage: '',
      evaluatedDecisions: [
        {
          decisionDefinitionId: 'level',
          matchedRules: [{ ruleId: 'high' }],
          evaluatedInputs: [{ inputName: 'impact', inputValue: '"core"' }],
        },
      ],
    });
    const { decisionDefinitionKey } = first;
    expect((await evaluate({ decisionDefinitionKey, variables: {} })).output).toBe('null');
    const failed = await evaluate({ decisionDefinitionKey, variables: { impact: 'both' } });
    expect(failed).toMatchObject({
      output: 'null',
      failedDecisionDefinitionId: 'level',
      failureMessage: expect.stringContaining('double'),
    });
    expect((await evaluate({ decisionDefinitionId: 'other' })).status).toBe(404);
    expect((await evaluate({})).status).toBe(400);
  });

  it('begins cases of one key as often as asked, whatever their variables are called', async () => {
    const order = { name: 'ordered', correlationKey: 'O-1', variables: { number: 'O-1' } };
    const keys = [];
    for (let time = 0; time < 2; time += 1) {
      const { body } = await api('post', '/v2/messages/correlation').send(order).expect(200);
      keys.push((body as { processInstanceKey: string }).processInstanceKey);
    }
    for (const key of keys) expect(await restsAt(key)).toEqual(['pick']);
  });
});
