import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startApp } from './support/app.ts';
import type { App } from './support/app.ts';
import { closePage, expectAccessible, expectQuiet, openBrowser, openPage, signIn } from './support/browser.ts';
import type { Reader } from './support/browser.ts';
import { fileSample } from './support/cases.ts';

const shape = (id: string, x: number, y: number, width: number, height: number) =>
  `<bpmndi:BPMNShape bpmnElement="${id}" isExpanded="true"><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></bpmndi:BPMNShape>`;

/** Errands in any order, drawn. */
const ERRANDS = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="http://lanework.test">
  <bpmn:process id="errands" name="Errands of a day" isExecutable="true">
    <bpmn:startEvent id="begin" name="Morning"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="work"/>
    <bpmn:adHocSubProcess id="work" name="Errands">
      <bpmn:userTask id="call" name="Call them"/>
      <bpmn:userTask id="visit" name="Visit them"/>
    </bpmn:adHocSubProcess>
    <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="done"/>
    <bpmn:endEvent id="done" name="Evening"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="errands">
    ${shape('begin', 160, 180, 36, 36)}${shape('work', 240, 100, 300, 200)}${shape('call', 270, 150, 100, 80)}
    ${shape('visit', 410, 150, 100, 80)}${shape('done', 600, 180, 36, 36)}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;

describe('Why a case is not moving', () => {
  let app: App;
  let browser: Browser;
  let number: string;
  let errands: string;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
    number = await fileSample(app);
    const { runtime } = app.services;
    await runtime.deploy([{ name: 'errands.bpmn', content: ERRANDS }], { actor: 'user:olga' });
    errands = (await runtime.start({ process: 'errands', variables: {}, actor: 'system' })).instance.id;
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  async function open(path: string, reader: Reader = {}): Promise<Page> {
    const page = await openPage(browser, app.url, reader);
    await signIn(page, 'dana');
    await page.goto(path);
    await page.waitForSelector(path.startsWith('/tickets') ? '[data-drawn]' : '[data-replay][data-ready]');
    return page;
  }

  it.each([{ locale: 'en' }, { locale: 'zh', dark: true }] as const)(
    'is said on ticket and history, accessibly: %j',
    async (reader) => {
      for (const path of [`/tickets/${number}`, `/history/${number}`, `/history/${errands}`]) {
        const page = await open(path, reader);
        await expect(page.textContent('.why')).resolves.toMatch(
          reader.locale === 'en' ? /Waits for|has to/ : /等待|需要/,
        );
        await expectAccessible(page);
        expectQuiet(page);
        await closePage(page);
      }
    },
    120_000,
  );

  it('leads from an element to its place on the diagram', async () => {
    for (const path of [`/tickets/${number}`, `/history/${number}`]) {
      const page = await open(path);
      const link = page.locator('.why a[data-element]').first();
      const element = await link.getAttribute('data-element');
      await link.click();
      await page.waitForSelector(`[data-element-id="${element}"].diagram-asked`);
      expectQuiet(page);
      await closePage(page);
    }
  });

  it('lets somebody begin a further element of an ad-hoc sub-process', async () => {
    const page = await open(`/history/${errands}`);
    await Promise.all([page.waitForEvent('load'), page.click('.why-begin button[value=visit]')]);
    await page.waitForSelector('[data-replay][data-ready]');
    expect(await page.locator('.why > li > a[data-element=visit]').count()).toBe(2);
    await expect(page.textContent('.history-steps')).resolves.toContain('Begun by hand: Errands → Visit them');
    expectQuiet(page);
    await closePage(page);
  });
});
