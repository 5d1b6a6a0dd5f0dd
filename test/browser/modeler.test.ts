import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startApp } from './support/app.ts';
import type { App } from './support/app.ts';
import {
  closePage,
  expectAccessible,
  expectQuiet,
  expectWatermark,
  openBrowser,
  openPage,
  picture,
  signIn,
} from './support/browser.ts';
import type { Reader } from './support/browser.ts';
import { fileSample } from './support/cases.ts';

const PROCESS = '/models/support-request';

/** One task too many: nothing leads to it. */
const LOOSE = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="http://lanework.test">
  <process id="loose" name="Loose" isExecutable="true">
    <startEvent id="begin" /><sequenceFlow id="f1" sourceRef="begin" targetRef="check" />
    <userTask id="check" name="Check" /><sequenceFlow id="f2" sourceRef="check" targetRef="done" /><endEvent id="done" />
    <task id="lost" name="Lost" /><sequenceFlow id="f3" sourceRef="lost" targetRef="done" />
  </process>
  <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="loose">
    <bpmndi:BPMNShape bpmnElement="begin"><dc:Bounds x="160" y="140" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="check"><dc:Bounds x="260" y="120" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="done"><dc:Bounds x="420" y="140" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="lost"><dc:Bounds x="260" y="260" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge bpmnElement="f3"><di:waypoint x="360" y="300" /><di:waypoint x="438" y="176" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge bpmnElement="f1"><di:waypoint x="196" y="158" /><di:waypoint x="260" y="160" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge bpmnElement="f2"><di:waypoint x="360" y="160" /><di:waypoint x="420" y="158" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;

describe('The modeler', () => {
  let app: App;
  let browser: Browser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  async function open(path: string, reader: Reader = {}, login = 'olga'): Promise<Page> {
    const page = await openPage(browser, app.url, reader);
    await signIn(page, login);
    await page.goto(path);
    return page;
  }

  async function openEditor(path: string, reader: Reader = {}): Promise<Page> {
    const page = await open(path, reader);
    await page.waitForSelector('[data-modeler][data-ready]');
    return page;
  }

  async function rename(page: Page, element: string, name: string): Promise<void> {
    await page.click(`.djs-shape[data-element-id=${element}] .djs-hit`, { force: true });
    await page.keyboard.press('e');
    await page.locator('.djs-direct-editing-content').fill(name);
    await page.locator('h1').click();
  }

  it('opens the deployed diagram without problems, accessible, with an uncovered watermark', async () => {
    for (const reader of [{ locale: 'en' }, { locale: 'zh', dark: true }] as const) {
      const page = await openEditor(PROCESS, reader);
      await page.waitForSelector('[data-state=clean] [data-count]:not(:empty)');
      await expectWatermark(page);
      await expectAccessible(page);
      expectQuiet(page);
      await picture(page, `modeler-${reader.locale}`);
      await closePage(page);
    }
  });

  it('speaks Chinese in palette and properties', async () => {
    const page = await openEditor(PROCESS, { locale: 'zh' });
    await page.waitForSelector('.djs-palette [aria-label="创建开始事件"]');
    await page.click('.djs-shape[data-element-id=Triage] .djs-hit', { force: true });
    await expect(page.textContent('.bio-properties-panel')).resolves.toMatch(/用户任务.*常规.*分派/s);
    await closePage(page);
  });

  it('keeps the whole palette in sight when the list of problems grows', async () => {
    const page = await openEditor('/models/new');
    await page.setViewportSize({ width: 1360, height: 760 });
    const whole = () =>
      page.waitForFunction(() => {
        const bottom = (selector: string): number =>
          Math.max(...[...document.querySelectorAll(selector)].map((it) => it.getBoundingClientRect().bottom));
        return bottom('.djs-palette .entry') <= bottom('[data-part=canvas]');
      });
    await whole();
    const lost = Array.from({ length: 12 }, (_, index) => `<task id="lost${index}" name="Lost" />`).join('');
    const buffer = Buffer.from(LOOSE.replace('<task id="lost"', `${lost}<task id="lost"`));
    await page.setInputFiles('[data-part=file]', { name: 'loose.bpmn', mimeType: 'application/xml', buffer });
    await page.waitForSelector('[data-part=problems] li:nth-child(12)');
    await whole();
    expectQuiet(page);
    await closePage(page);
  });

  it('translates a diagram of Camunda 7, in its own encoding, and says what became of it', async () => {
    const legacy = `<?xml version="1.0" encoding="ISO-8859-1"?>
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
        xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
        targetNamespace="http://lanework.test">
        <process id="old" isExecutable="true">
          <startEvent id="begin" />
          <userTask id="check" name="Pr\u00fcfen" camunda:assignee="\${owner}" camunda:formKey="embedded:x" />
          <sequenceFlow id="flow" sourceRef="begin" targetRef="check" />
        </process>
        <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="old">
          <bpmndi:BPMNShape bpmnElement="begin"><dc:Bounds x="160" y="140" width="36" height="36" /></bpmndi:BPMNShape>
          <bpmndi:BPMNShape bpmnElement="check"><dc:Bounds x="260" y="120" width="100" height="80" /></bpmndi:BPMNShape>
        </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
      </definitions>`;
    const page = await openEditor('/models/new', { locale: 'zh' });
    await page.setInputFiles('[data-part=file]', {
      name: 'old.bpmn',
      mimeType: 'application/xml',
      buffer: Buffer.from(legacy, 'latin1'),
    });
    await page.waitForSelector('[data-part=import-dialog][open]');
    await expect(page.locator('[data-part=import-report] li').allTextContents()).resolves.toEqual([
      expect.stringMatching(/^check 待处理 camunda:formKey: /),
      expect.stringMatching(/^check 已转换 camunda:assignee: .*FEEL expression owner/),
    ]);
    await expectAccessible(page);
    await page.click('[data-part=import-dialog] button');
    await page.waitForSelector('.djs-shape[data-element-id=check]');
    await expect(page.textContent('.djs-shape[data-element-id=check]')).resolves.toContain('Pr\u00fcfen');
    expectQuiet(page);
    await closePage(page);
  });

  it('deploys a changed diagram as a new version; the running case stays on its own', async () => {
    const number = await fileSample(app);
    const page = await openEditor(PROCESS);
    await rename(page, 'Triage', 'Sort by hand');
    await page.waitForSelector('[data-unsaved]');
    await page.click('[data-part=deploy]');
    await page.fill('[data-part=note]', 'Plainer words');
    await Promise.all([page.waitForEvent('load'), page.click('[value=deploy]')]);
    await page.waitForSelector('[data-modeler][data-ready]');
    await expect(page.textContent('.versions summary')).resolves.toBe('Version 2');
    await expect(page.textContent('.versions table')).resolves.toMatch(/olga\s*Plainer words/);
    await page.goto('/models');
    await expect(page.textContent('main')).resolves.toContain('Plainer words');
    const release = await app.services.runtime.latestRelease();
    expect(release?.processes.get('support-request')?.byId.get('Triage')?.name).toBe('Sort by hand');
    const [row] = await app.services.db.query<{ release_id: string }>(
      'select release_id from instances where id = (select instance_id from tickets where number = $1)',
      [number],
    );
    expect(row?.release_id).not.toBe(release?.id);
    expectQuiet(page);
    await closePage(page);
  });

  it('lists problems while drawing, and leads to them', async () => {
    const page = await openEditor(PROCESS);
    // Nothing is left behind the event-based gateway.
    for (const event of ['Confirmed', 'Rejected', 'NoObjection'])
      await page.click(`.djs-shape[data-element-id=${event}] .djs-hit`, { force: true, modifiers: ['Shift'] });
    await page.keyboard.press('Delete');
    await page.waitForSelector('.modeler-problems[data-state=error] li');
    await page.waitForSelector('.problem-badge');
    const item = page.locator('.modeler-problems li button').first();
    await item.click();
    await page.waitForSelector('.djs-element.selected');
    await page.locator('.modeler-canvas svg').first().focus();
    await page.keyboard.press('Control+z');
    await page.waitForSelector('.modeler-problems[data-state=clean]');
    await closePage(page);
  });

  it('tells problems in Chinese, with the exact sentence below', async () => {
    const page = await openEditor('/models/new', { locale: 'zh' });
    const buffer = Buffer.from(LOOSE.replace('<task id="lost"', '<serviceTask id="lost"'));
    await page.setInputFiles('[data-part=file]', { name: 'loose.bpmn', mimeType: 'application/xml', buffer });
    const problem = page.locator('.modeler-problems [data-rule=incoming]');
    await expect(problem.locator('button').textContent()).resolves.toBe('Lost');
    const said = problem.locator('span');
    await expect(said.getAttribute('lang')).resolves.toBeNull();
    await expect(said.textContent()).resolves.toMatch(/^警告：有开始事件的层级中，每个元素都应有流入的顺序流。/);
    await expect(said.locator('[lang=en]').textContent()).resolves.toMatch(/^Expected .*, but .*"lost".*\.$/);
    await expect(page.locator('.modeler-problems [data-rule=job-type] span').textContent()).resolves.toMatch(
      /^错误：服务任务.*应有作业类型。请填写类型。Expected service task "lost"/,
    );
    await expect(page.locator('.problem-badge').getAttribute('title')).resolves.toMatch(/^有开始事件.*\n服务任务/);
    await expectAccessible(page);
    await closePage(page);
  });

  it('keeps the drawing and shows the problems that the server finds', async () => {
    const page = await openEditor(PROCESS);
    const xml = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
      xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="http://lanework.example">
      <bpmn:process id="calls" isExecutable="true"><bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="call"/>
      <bpmn:callActivity id="call" name="Ask the others"><bpmn:extensionElements>
      <zeebe:calledElement xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" processId="nowhere" /></bpmn:extensionElements></bpmn:callActivity></bpmn:process>
      <bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="p" bpmnElement="calls">
      <bpmndi:BPMNShape id="s1" bpmnElement="start"><dc:Bounds x="160" y="100" width="36" height="36"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="s2" bpmnElement="call"><dc:Bounds x="260" y="78" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="e" bpmnElement="f"><di:waypoint x="196" y="118"/><di:waypoint x="260" y="118"/></bpmndi:BPMNEdge>
      </bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>`;
    await page.setInputFiles('[data-part=file]', {
      name: 'calls.bpmn',
      mimeType: 'application/xml',
      buffer: Buffer.from(xml),
    });
    await page.waitForSelector('[data-element-id=call]');
    await page.waitForSelector('[data-unsaved]');
    await page.keyboard.press('Control+s');
    await page.click('[value=deploy]');
    await page.waitForSelector('[data-rule=missing-reference]');
    await expect(page.textContent('[data-rule=missing-reference]')).resolves.toMatch(/Ask the others.*nowhere/s);
    await expect(page.textContent('[data-part=status]')).resolves.toMatch(/Not deployed/);
    expect(await page.locator('[data-element-id=call]').count()).toBeGreaterThan(0);
    await closePage(page);
  });

  it('asks before a changed drawing is left', async () => {
    const page = await openEditor(PROCESS);
    await rename(page, 'Triage', 'Changed and not deployed');
    await page.waitForSelector('[data-unsaved]');
    const asked = new Promise<string>((resolve) => {
      page.on('dialog', (dialog) => {
        resolve(dialog.type());
        void dialog.accept();
      });
    });
    await page.goto('/models');
    await expect(asked).resolves.toBe('beforeunload');
    await closePage(page);
  });

  it('begins a new diagram', async () => {
    const page = await openEditor('/models/new');
    expect(await page.locator('.djs-shape[data-element-id=start]').count()).toBe(1);
    await expectWatermark(page);
    await expectAccessible(page);
    await closePage(page);
  });

  it('deploys files from the list', async () => {
    const page = await open('/models');
    await expectAccessible(page);
    await page.click('[data-upload]');
    const form = JSON.stringify({ id: 'visit', type: 'default', components: [] });
    await page.setInputFiles('#files', { name: 'visit.form', mimeType: 'application/json', buffer: Buffer.from(form) });
    await page.fill('#note', 'For visits');
    await Promise.all([page.waitForEvent('load'), page.click('[data-upload-form] .primary')]);
    await page.click('a[href="/models/forms/visit"]');
    await page.locator('pre', { hasText: '"visit"' }).waitFor();
    await closePage(page);
  });

  it('deploys files with warnings, and shows them before it goes on', async () => {
    for (const reader of [{ locale: 'en' }, { locale: 'zh', dark: true }] as const) {
      const page = await open('/models', reader);
      await page.click('[data-upload]');
      const buffer = Buffer.from(LOOSE);
      await page.setInputFiles('#files', { name: 'loose.bpmn', mimeType: 'application/xml', buffer });
      await page.click('[data-upload-form] .primary');
      await page.waitForSelector('[data-problems] li[data-severity=warning]');
      await expect(page.textContent('[data-status]')).resolves.toMatch(
        reader.locale === 'en' ? /^Deployed\. Warnings to look at: 1 / : /^已部署。有 1 个警告/,
      );
      await expect(page.textContent('[data-problems] li')).resolves.toMatch(
        reader.locale === 'en' ? /^Warning: loose\.bpmn · lost Expected / : /lost .*应有流入的顺序流。.*Expected /,
      );
      await expectAccessible(page);
      expectQuiet(page);
      await Promise.all([page.waitForEvent('load'), page.click('[data-status] a')]);
      await page.click('a[href="/models/loose"]');
      await page.waitForSelector('.modeler-problems[data-state=warning]');
      await expect(page.textContent('[data-count]')).resolves.toBe(
        reader.locale === 'en' ? 'Warnings: 1' : '警告：1 个',
      );
      await closePage(page);
    }
  });

  it('lets those look who may not deploy', async () => {
    const page = await open(PROCESS, {}, 'audrey');
    await page.waitForSelector('[data-drawn]');
    expect(await page.locator('[data-part=deploy]').count()).toBe(0);
    await expectWatermark(page);
    await expectAccessible(page);
    const status = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json', 'x-csrf-token': document.body.dataset['csrf'] ?? '' };
      return (await fetch('/models', { method: 'POST', headers, body: '{}' })).status;
    });
    expect(status).toBe(403);
    await page.goto('/models');
    await page.locator('a[href^="/models/decisions/"]').first().click();
    await expectAccessible(page);
    await closePage(page);
  });
});
