import { beforeAll, expect, it } from '@jest/globals';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';

const PROCESS = '/models/support-request';

describeDatabase('the pages of models', (open) => {
  let desk: Desk;
  let olga: Browser;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    olga = await desk.browser('olga');
  }, 180_000);

  const deploy = (name: string, content: string, note = '') =>
    olga.post('/models', { 'files[0][name]': name, 'files[0][content]': content, note });

  it('lists what is deployed, in the language of the reader', async () => {
    const english = await olga.get('/models').set('accept-language', 'en');
    expect(english.text).toMatch(/<a href="\/models\/support-request">Support request<\/a>/);
    const chinese = await olga.get('/models').set('accept-language', 'zh-CN');
    expect(chinese.text).toMatch(/<a href="\/models\/support-request">[^<]*[\u4e00-\u9fff]/);
  });

  it('gives every version of a diagram, by its number and by a release that holds it', async () => {
    const before = await desk.services.runtime.latestRelease();
    const first = (await olga.get(`${PROCESS}/1.bpmn`)).text;
    const changed = first.replace('name="Triage"', 'name="Sort by hand"');
    expect(changed).not.toBe(first);
    const answer = await deploy('support-request.bpmn', changed, 'Plainer words');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ location: PROCESS });
    expect((await olga.get(`${PROCESS}/2.bpmn`)).text).toBe(changed);
    expect((await olga.get(`${PROCESS}/1.bpmn`)).text).toBe(first);
    expect((await olga.get(`${PROCESS}/${before?.id}.bpmn`)).text).toBe(first);
    const page = (await olga.get(PROCESS)).text;
    expect(page).toMatch(/Plainer words/);
    expect(page).toContain(`data-source="${PROCESS}/2.bpmn"`);
    expect((await olga.get(`${PROCESS}?version=1`)).text).toContain(`data-source="${PROCESS}/1.bpmn"`);
  });

  it('deploys a diagram with warnings, and tells them', async () => {
    const lost = '<bpmn:task id="Lost" name="Lost"/></bpmn:process>';
    const xml = (await olga.get(`${PROCESS}/1.bpmn`)).text.replace('</bpmn:process>', lost);
    const answer = await deploy('support-request.bpmn', xml);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ location: PROCESS });
    const warning = { file: 'support-request.bpmn', element: 'Lost', rule: 'incoming', severity: 'warning' };
    expect(answer.body.warnings).toContainEqual(expect.objectContaining(warning));
  });

  it('refuses what cannot run, and says why and where', async () => {
    const xml = (await olga.get(`${PROCESS}/1.bpmn`)).text.replace(
      /<bpmn:userTask id="Triage"/,
      '<bpmn:userTasks id="Triage"',
    );
    const answer = await deploy('support-request.bpmn', xml);
    expect(answer.status).toBe(422);
    const { problems } = answer.body as { problems: { severity: string; message: string }[] };
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
  });

  it('sends a diagram of Camunda 7 to the modeler, which translates it', async () => {
    const xml = (await olga.get(`${PROCESS}/1.bpmn`)).text
      .replace('<bpmn:definitions', '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn"')
      .replace('<bpmn:userTask', '<bpmn:userTask camunda:assignee="ada"');
    const answer = await deploy('support-request.bpmn', xml);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ problems: [{ rule: 'dialect' }, { rule: 'unsupported-extension' }] });
  });

  it('refuses a deployment that is none', async () => {
    expect((await olga.post('/models', { note: 'nothing' })).status).toBe(400);
  });

  it('shows decision tables and forms to read', async () => {
    const list = (await olga.get('/models')).text;
    const [decision = ''] = /\/models\/decisions\/[^"]*priority/.exec(list) ?? [];
    expect((await olga.get(decision)).text).toMatch(/<code>&quot;P1&quot;<\/code>/);
    expect((await olga.get('/models/forms/triage')).text).toMatch(/<pre[^>]*>\{/);
  });

  it('gives diagrams to everybody who sees tickets, the pages to those who may read models', async () => {
    const bo = await desk.browser('bo');
    expect((await bo.get(`${PROCESS}/1.bpmn`)).status).toBe(200);
    expect((await bo.get(PROCESS)).status).toBe(403);
    const rita = await desk.browser('rita');
    expect((await rita.get(`${PROCESS}/1.bpmn`)).status).toBe(403);
    const audrey = await desk.browser('audrey');
    const page = await audrey.get(PROCESS);
    expect(page.text).toContain('data-diagram');
    expect(page.text).not.toContain('data-modeler');
  });

  it('says so when there is no such model', async () => {
    for (const path of ['/models/nothing', '/models/nothing/1.bpmn', `${PROCESS}/99.bpmn`, '/models/forms/nothing']) {
      expect((await olga.get(path)).status).toBe(404);
    }
  });
});
