import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { formatPart } from '../../server/db/key.ts';
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

const HOUR = 3_600_000;

/** Runs, but says of no element where it is drawn. */
const UNDRAWN = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://lanework.test"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
  <process id="undrawn" name="Undrawn" isExecutable="true">
    <startEvent id="begin" /><sequenceFlow id="f1" sourceRef="begin" targetRef="check" />
    <userTask id="check" name="Check it"><extensionElements><zeebe:userTask />
      <zeebe:assignmentDefinition assignee="dana" /></extensionElements></userTask>
    <sequenceFlow id="f2" sourceRef="check" targetRef="done" /><endEvent id="done" />
  </process>
</definitions>`;

describe('The replay of a case', () => {
  let app: App;
  let browser: Browser;
  let number: string;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
    number = await fileSample(app);
    await app.pass(HOUR / 2);
    await app.pass(HOUR / 2);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  async function open(path: string, reader: Reader = {}): Promise<Page> {
    const page = await openPage(browser, app.url, reader);
    await signIn(page, 'audrey');
    await page.goto(path);
    if (reader.script !== false) await page.waitForSelector('[data-replay][data-ready]');
    return page;
  }

  const position = (page: Page) => page.inputValue('[data-part=position]');
  const marked = (page: Page, marker: string) =>
    page
      .locator(`.${marker}`)
      .evaluateAll((shapes) => shapes.map((shape) => shape.getAttribute('data-element-id')).sort());

  it('begins at the last step and moves by buttons, keys and links', async () => {
    const page = await open(`/history/${number}`);
    const last = await page.locator('tr[data-seq]').count();
    expect(await position(page)).toBe(String(last));
    await page.click('[data-move=first]');
    await page.waitForSelector('#step-1.cursor');
    await page.locator('[data-part=detail] h2', { hasText: /^Case started$/ }).waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('#step-2.cursor');
    await page.keyboard.press('End');
    await page.waitForSelector(`#step-${last}.cursor`);
    await page.click('#step-3 a');
    await page.waitForSelector('#step-3.cursor');
    expect(await position(page)).toBe('3');
    expectQuiet(page);
    await closePage(page);
  });

  it('shows the tokens where the engine says they were, and the way there', async () => {
    const page = await open(`/history/${number}#step-1`);
    expect(await marked(page, 'diagram-active')).toEqual(['TellGroup']);
    expect(await marked(page, 'diagram-taken')).toContain('Classify');
    await page.click('[data-move=next]');
    await page.waitForFunction(() => document.querySelector('[data-element-id=Accept].diagram-active') !== null);
    expect(await marked(page, 'diagram-inside')).toEqual(['Handle', 'Tier']);
    await page.locator('[data-part=detail]', { hasText: /Open tasks.*Accept/s }).waitFor();
    await closePage(page);
  });

  it('tells reasons and changed values of a step', async () => {
    const page = await open(`/history/${number}#step-1`);
    const detail = await page.textContent('[data-part=detail]');
    expect(detail).toMatch(/Decision priority: rules .* matched/);
    expect(detail).toMatch(/priority\s*–\s*"P1"/);
    await closePage(page);
  });

  it('gives its verdict, is accessible and leaves the watermark uncovered, in both languages and themes', async () => {
    for (const reader of [{ locale: 'en' }, { locale: 'zh', dark: true }] as const) {
      const page = await open(`/history/${number}`, reader);
      expect(
        await page.locator('[data-verdict]').evaluateAll((all) => all.map((one) => one.getAttribute('data-verdict'))),
      ).toEqual(['INTACT', 'REPRODUCED']);
      await expectAccessible(page);
      await expectWatermark(page);
      expectQuiet(page);
      await picture(page, `history-${reader.locale}`);
      await closePage(page);
    }
  });

  it('plays to the end', async () => {
    const page = await open(`/history/${number}#step-1`);
    await page.waitForSelector('#step-1.cursor');
    await page.selectOption('[data-part=pace]', 'time');
    await page.click('[data-move=play]');
    const last = await page.locator('tr[data-seq]').count();
    await page.waitForSelector(`#step-${last}.cursor`, { timeout: 40_000 });
    expectQuiet(page);
    await closePage(page);
  });

  it('lists every step with its reasons without script, and filters them', async () => {
    const page = await open(`/history/${number}`, { script: false });
    const all = await page.locator('tr[data-seq]:visible').count();
    await page.click('#step-1 summary');
    await expect(page.textContent('#step-1')).resolves.toMatch(/"P1"/);
    await page.selectOption('#show', 'trouble');
    await Promise.all([page.waitForURL(/show=trouble/), page.click('.history-filter button')]);
    const filtered = await page.locator('tr[data-seq]:visible').count();
    expect(filtered).toBeGreaterThan(0);
    expect(filtered).toBeLessThan(all);
    await closePage(page);
  });

  it('names the step at which the record was changed', async () => {
    const changed = await fileSample(app, 'Error 500 that somebody hides');
    const page = await open(`/history/${changed}`);
    await app.services.db.run(
      `update journal set actor = 'user:mallory' where seq = 1 and instance_id =
         (select instance_id from tickets where number = $1)`,
      [changed],
    );
    await page.reload();
    await expect(page.textContent('[data-verdict=BROKEN]')).resolves.toBe('BROKEN at step 1');
    await closePage(page);
  });

  it('is recorded itself', async () => {
    const page = await open(`/history/${number}`);
    const rows = await app.services.db.query(
      "select actor from operations where stream = 'audit' and action = 'HistoryRead' and actor = 'user:audrey'",
    );
    expect(rows.length).toBeGreaterThan(0);
    await closePage(page);
  });

  it('is found by number from the list', async () => {
    const page = await openPage(browser, app.url);
    await signIn(page, 'audrey');
    await page.goto('/histories');
    await expectAccessible(page);
    await page.fill('#find', number.toLowerCase());
    await page.click('.filters button');
    await page.waitForURL(/\/history\//);
    await expect(page.textContent('h1')).resolves.toContain(number);
    await closePage(page);
  });

  it.each([
    { locale: 'en', sentence: 'This file has no drawing' },
    { locale: 'zh', sentence: '没有画出来的图' },
  ] as const)('says it where a file has no drawing, and replays all the same: %j', async ({ locale, sentence }) => {
    const { runtime } = app.services;
    await runtime.deploy([{ name: 'undrawn.bpmn', content: UNDRAWN }], { actor: 'user:olga' });
    const { instance } = await runtime.start({ process: 'undrawn', variables: {}, actor: 'system' });
    const task = instance.tokens.find((token) => token.task)?.id ?? 0;
    const page = await open(`/history/${instance.id}`, { locale });
    await expect(page.textContent('[data-part=canvas]')).resolves.toContain(sentence);
    await page.click('[data-move=first]');
    await page.waitForSelector('#step-1.cursor');
    await page.locator('[data-part=detail]', { hasText: 'check' }).waitFor();
    for (const [login, path] of [
      ['dana', `/tasks/${formatPart(instance.id, task)}`],
      ['audrey', '/models/undrawn'],
    ] as const) {
      await page.context().clearCookies();
      await signIn(page, login);
      await page.goto(path);
      await page.waitForSelector('.no-drawing');
      await expect(page.textContent('[data-diagram]')).resolves.toContain(sentence);
      await expectAccessible(page);
    }
    await page.context().clearCookies();
    await signIn(page, 'olga');
    await page.goto('/models/undrawn');
    await page.waitForSelector('[data-modeler][data-ready]');
    await expect(page.textContent('[data-part=canvas] .no-drawing')).resolves.toContain(sentence);
    expect(await page.isDisabled('[data-part=deploy]')).toBe(true);
    await page.keyboard.press('Control+s');
    expect(await page.isVisible('[data-part=deploy-dialog]')).toBe(false);
    await expectAccessible(page);
    expectQuiet(page);
    await closePage(page);
  });
});
