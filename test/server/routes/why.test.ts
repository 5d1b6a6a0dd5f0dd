import { beforeAll, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  extensions,
  flows,
  message,
  node,
  on,
  process,
  service,
  start,
  timer,
} from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';

const named = (type: string, id: string, name: string, ...inner: string[]) =>
  node(type, id, `name="${name}"`, ...inner);
const zh = (text: string) => `<zeebe:properties><zeebe:property name="name.zh" value="${text}"/></zeebe:properties>`;
const offered = (more = '') => extensions('<zeebe:assignmentDefinition candidateGroups="service-desk"/>', more);

const CASE = definitions(
  message('m', 'news', '"order-1"'),
  process(
    'errands',
    start(),
    named('parallelGateway', 'fork', 'Both ways'),
    named(
      'adHocSubProcess',
      'work',
      'Errands',
      named('userTask', 'call', 'Call them', offered(zh('打电话'))),
      named('userTask', 'visit', 'Visit them', offered()),
    ),
    node(
      'boundaryEvent',
      'late',
      'name="Too late" attachedToRef="work" cancelActivity="false"',
      timer('Duration', 'PT1H'),
    ),
    end('told'),
    named('intermediateCatchEvent', 'hear', 'Hear from them', on('message', 'm')),
    named('exclusiveGateway', 'choose', 'Which way?'),
    named('parallelGateway', 'join', 'Both done'),
    end(),
    flows(
      'start -> fork',
      'fork -> work -> join',
      'fork -> hear -> join',
      'fork -> choose',
      'choose -[x = 1]-> join',
      'join -> end',
      'late -> told',
    ),
  ),
);

describeDatabase('why a case is not moving', (open) => {
  let desk: Desk;
  let id: string;
  let dana: Browser;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    const { runtime } = desk.services;
    await runtime.deploy([{ name: 'errands.bpmn', content: CASE }], { actor: 'user:olga' });
    id = (await runtime.start({ process: 'errands', variables: { x: 2 }, actor: 'system' })).instance.id;
    dana = await desk.browser('dana');
  }, 180_000);

  const page = async (language = 'en', who = dana) =>
    (await who.get(`/history/${id}`).set('accept-language', language)).text.replaceAll(/\s+/g, ' ');
  const tasks = async () =>
    (await desk.services.runtime.instance(id))?.tokens.filter((token) => token.task).map(({ element }) => element);
  const token = async () =>
    (await desk.services.runtime.instance(id))?.tokens.find(({ element }) => element === 'work')?.id;

  it('is said on its history for every resting token', async () => {
    const text = await page();
    expect(text).toContain('Somebody of “Service desk” has to take the task and complete it.');
    expect(text).toContain('Waits for the message “news” with the key “order-1”.');
    expect(text).toMatch(/Too late: The timer is due at /);
    expect(text).toContain('Waits for what goes on inside to end: “Call them”, “Visit them”.');
    expect(text).toMatch(/data-kind="incident">Stopped: Expected [^<]*<p>No condition behind the gateway holds\./);
    expect(text).toContain('data-element="hear" data-process="errands"');
  });

  it('is said in Chinese', async () => {
    const text = await page('zh-CN');
    expect(text).toContain('为什么停在这里？');
    expect(text).toContain('需要「服务台」中的一位领取并完成任务。');
    expect(text).toContain('等待内部的工作结束：「打电话」、「Visit them」。');
  });

  it('is given to programs with the reasons of the engine', async () => {
    const reader = await desk.client('histories:read');
    const { status, body } = await reader('get', `/api/cases/${id}/why`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'active' });
    expect(body.resting[0]).toMatchObject({
      element: 'choose',
      waitsFor: [{ kind: 'incident', remedy: expect.any(String) }],
    });
    expect(body.resting).toContainEqual(
      expect.objectContaining({
        element: 'hear',
        name: 'Hear from them',
        waitsFor: [
          { kind: 'message', element: 'hear', name: 'news', key: 'order-1', text: expect.stringContaining('news') },
        ],
        begin: [],
      }),
    );
    const adHoc = body.resting.find(({ element }: { element: string }) => element === 'work');
    expect(adHoc.begin).toEqual([
      { id: 'call', name: 'Call them' },
      { id: 'visit', name: 'Visit them' },
    ]);
    expect(adHoc.waitsFor).toContainEqual(expect.objectContaining({ kind: 'timer', due: expect.stringMatching(/Z$/) }));
    expect((await reader('get', '/api/cases/R-999999/why')).status).toBe(404);
    expect((await (await desk.client('intake:tickets'))('get', `/api/cases/${id}/why`)).status).toBe(403);
    const read = await desk.services.db.query(
      "select 1 from operations where action = 'HistoryRead' and subject = $1 and actor like 'client:%'",
      [id],
    );
    expect(read).toHaveLength(1);
  });

  it('lets those who work on tasks begin further elements of an ad-hoc sub-process, recorded with their name', async () => {
    expect(await page()).toMatch(
      /action="\/cases\/\d+\/begin"[^]*<button name="element" value="visit"[^>]*>Visit them</,
    );
    expect(await page('en', await desk.browser('audrey'))).not.toContain('/begin"');
    const fields = { token: String(await token()), element: 'visit', back: `/history/${id}` };
    const answer = await dana.post(`/cases/${id}/begin`, fields);
    expect([answer.status, answer.headers['location']]).toEqual([303, `/history/${id}`]);
    expect((await tasks())?.filter((element) => element === 'visit')).toHaveLength(2);
    expect(await page()).toMatch(/dana[^]*Begun by hand: Errands → Visit them/);
    expect((await dana.post(`/cases/${id}/begin`, { ...fields, element: 'hear' })).status).toBe(400);
    expect((await dana.post(`/cases/${id}/begin`, { ...fields, token: '99999' })).status).toBe(409);
    expect((await (await desk.browser('audrey')).post(`/cases/${id}/begin`, fields)).status).toBe(403);
  });

  it('lets a program begin them', async () => {
    const runner = await desk.client('processes:run');
    const before = (await tasks())?.length ?? 0;
    const begun = await runner('post', `/api/cases/${id}/begin`).send({
      token: await token(),
      elements: ['call', 'visit'],
    });
    expect(begun.status).toBe(204);
    expect(await tasks()).toHaveLength(before + 2);
    const refused = await runner('post', `/api/cases/${id}/begin`).send({
      token: await token(),
      elements: ['nowhere'],
    });
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain('call, visit');
  });

  it('lets a lead try again what an incident stopped', async () => {
    const { runtime } = desk.services;
    const incident = (await runtime.instance(id))?.incidents[0]?.id;
    expect(await page('en', await desk.browser('audrey'))).not.toContain('/retry"');
    const variables = { x: 1 };
    await runtime.submit(id, { type: 'SetVariables', at: desk.clock.now(), actor: 'user:admin', variables });
    expect((await dana.post(`/cases/${id}/incidents/${incident}/retry`, { back: `/history/${id}` })).status).toBe(303);
    expect((await runtime.instance(id))?.incidents).toEqual([]);
    expect(await page()).toMatch(/Both done<\/a>[^]*It can still come from [^<]*“Hear from them”/);
  });

  it('says of a join that nothing can complete what to do', async () => {
    const dead = definitions(
      process(
        'dead',
        start(),
        named('exclusiveGateway', 'split', 'Left or right?'),
        named('task', 'left', 'Left'),
        named('task', 'right', 'Right'),
        named('parallelGateway', 'meet', 'Meet'),
        end(),
        flows('start -> split', 'split -[x = 1]-> left -> meet', 'split -[x = 2]-> right -> meet', 'meet -> end'),
      ),
    );
    const { runtime } = desk.services;
    await runtime.deploy([{ name: 'dead.bpmn', content: dead }], { actor: 'user:olga' });
    const { instance } = await runtime.start({ process: 'dead', variables: { x: 1 }, actor: 'system' });
    expect(instance.incidents.map(({ kind }) => kind)).toEqual(['join']);
    const text = (await dana.get(`/history/${instance.id}`)).text;
    expect(text).toContain('No further token can come here, so trying again does not help.');
    expect(text).toContain('Waits for a token from each of “Right”. Nothing that is under way can bring one.');
  });

  it('is said of a job, and of a case that has ended', async () => {
    const { runtime } = desk.services;
    const content = definitions(
      process('quick', start(), service('mail', 'send-mail'), end(), flows('start -> mail -> end')),
    );
    await runtime.deploy([{ name: 'quick.bpmn', content }], { actor: 'user:olga' });
    const { instance } = await runtime.start({ process: 'quick', variables: {}, actor: 'system' });
    const look = async () => (await dana.get(`/history/${instance.id}`)).text;
    expect(await look()).toContain('Waits for a worker that does “send-mail”. Tries left: 2.');
    await runtime.submit(instance.id, {
      type: 'Cancel',
      at: desk.clock.now(),
      actor: 'user:dana',
      reason: 'no longer',
    });
    expect(await look()).toContain('The case has ended. It waits for nothing.');
  });
});
