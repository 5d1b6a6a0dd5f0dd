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

const TEXTS = {
  zh: {
    title: '报表页面报错 500',
    description: '今天早上开始，打开月度报表就报错。',
    question: '从哪个入口打开？',
    answer: '从首页的“报表”菜单。',
    solution: '已修复报表服务的配置。',
    reason: '导出仍然报错。',
    again: '导出的配置也已修复。',
    closed: '已关闭',
    reproduced: '完全重现',
  },
  en: {
    title: 'Error 500 on the report page',
    description: 'Since this morning the monthly report does not open.',
    question: 'Where do you open it?',
    answer: 'From the menu on the first page.',
    solution: 'The configuration of the report service is corrected.',
    reason: 'The export still fails.',
    again: 'The export is corrected too.',
    closed: 'Closed',
    reproduced: 'REPRODUCED',
  },
} as const;

describe.each([
  ['zh', 'embedded'],
  ['en', 'postgres'],
] as const)('A request through all stages, in %s on the %s database', (locale, database) => {
  const texts = TEXTS[locale];
  let app: App;
  let browser: Browser;
  let requester: Page;
  let agent: Page;
  let number = '';

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp('requests', database), openBrowser()]);
    requester = await openPage(browser, app.url, { locale });
    agent = await openPage(browser, app.url, { locale });
    await signIn(requester, locale === 'zh' ? 'xiaomei' : 'rita');
    await signIn(agent, 'bo');
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  /** Completes the task page that is open; gives back when the next page is there. */
  async function complete(fields: Record<string, string>, choices: Record<string, string> = {}): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await agent.fill(`#form [name=${name}]`, value);
    for (const [name, value] of Object.entries(choices)) await agent.check(`#form [name=${name}][value=${value}]`);
    await expectAccessible(agent);
    const before = agent.url();
    await Promise.all([agent.waitForURL((url) => url.href !== before), agent.click('[data-complete]')]);
    await app.pass(0);
  }

  /** Opens the one open task of the case. */
  async function openTask(): Promise<void> {
    await agent.goto(`/tickets/${number}`);
    await Promise.all([agent.waitForURL('**/tasks/*'), agent.locator('a[href^="/tasks/"]').first().click()]);
  }

  async function openRequest(): Promise<void> {
    await requester.goto(`/r/${number}`);
    await expectAccessible(requester);
  }

  it('is filed on one page, and answered with a number and a link', async () => {
    await requester.goto('/portal/new');
    await expectAccessible(requester);
    await requester.fill('[name=title]', texts.title);
    await requester.fill('[name=description]', texts.description);
    await requester.check('[name=impact][value=group]');
    await Promise.all([requester.waitForURL('**/r/R-*'), requester.click('form.page-form button.primary')]);
    number = /\/r\/(R-\d+)/.exec(requester.url())?.[1] ?? '';
    expect(await requester.textContent('.secret')).toContain(`/r/${number}?key=`);
    await expectAccessible(requester);
    await picture(requester, `request-${locale}`);
    await app.pass(0);
  });

  it('is claimed in the inbox and accepted', async () => {
    await agent.goto('/inbox');
    await expectAccessible(agent);
    await picture(agent, `inbox-${locale}`);
    const row = agent.locator('tr', { hasText: number });
    await row.locator('form[action$="/claim"] button').click();
    await agent.waitForLoadState();
    await openTask();
    await expectWatermark(agent);
    await picture(agent, `task-${locale}`);
    await complete({});
  });

  it('is asked about, and answered by the requester', async () => {
    await openTask();
    await complete({ log: '1', question: texts.question }, { action: 'ask' });
    await openRequest();
    expect(await requester.textContent('.asked')).toContain(texts.question);
    await requester.fill('#answer', texts.answer);
    await Promise.all([requester.waitForURL('**thanks=1'), requester.click('form[action$="/reply"] button')]);
    await app.pass(0);
    await agent.goto(`/tickets/${number}`);
    await expectAccessible(agent);
    await expectWatermark(agent);
    expect(await agent.textContent('.conversation')).toContain(texts.answer);
  });

  it('is solved, rejected, solved again and confirmed', async () => {
    await openTask();
    await complete({ log: '2' }, { action: 'solved' });
    await openTask();
    await complete({ solution: texts.solution });
    await openRequest();
    await requester.click('details.reject summary');
    await requester.fill('#reason', texts.reason);
    await Promise.all([requester.waitForURL('**thanks=1'), requester.click('form[action$="/reject"] button')]);
    await app.pass(0);
    await openTask();
    if ((await agent.locator('#form [name=log]').count()) === 0) {
      await complete({});
      await openTask();
    }
    await complete({ log: '3' }, { action: 'solved' });
    await openTask();
    await complete({ solution: texts.again });
    await openRequest();
    await Promise.all([requester.waitForURL('**thanks=1'), requester.click('form[action$="/confirm"] button')]);
    await app.pass(0);
  });

  it('is rated in one click, and archived', async () => {
    await openRequest();
    await Promise.all([requester.waitForURL('**thanks=1'), requester.click('button[name=rating][value="5"]')]);
    await app.pass(0);
    await openTask();
    await complete({}, { knowledgeDecision: 'none' });
    await agent.goto(`/tickets/${number}`);
    expect(await agent.textContent('.page-head')).toContain(texts.closed);
    expectQuiet(agent);
    expectQuiet(requester);
  });

  it('is replayed from its first to its last step, and reproduced', async () => {
    const auditor = await openPage(browser, app.url, { locale });
    await signIn(auditor, 'audrey');
    await auditor.goto(`/history/${number}`);
    await auditor.waitForSelector('.djs-container');
    expect(await auditor.textContent('main')).toContain(texts.reproduced);
    await expectWatermark(auditor);
    await expectAccessible(auditor);
    await picture(auditor, `history-${locale}`);
    expectQuiet(auditor);
    await closePage(auditor);
  });
});
