import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findTicket } from '../../server/desk/tickets.ts';
import { samplePeople } from '../../server/people/sample.ts';
import { routes } from '../../server/routes/index.ts';
import { startApp } from './support/app.ts';
import type { App } from './support/app.ts';
import { closePage, expectAccessible, expectQuiet, openBrowser, openPage, signIn } from './support/browser.ts';
import { fileLinked } from './support/cases.ts';

/** Answers of routes that are no page of a signed-in person: redirects, files, and what is looked at below. */
const NO_PAGE = /^\/($|first-run|sign-in|portal\/follow|r\/|events|api\/)|\.(json|bpmn|dmn|form)$/;

describe('Every page', () => {
  let app: App;
  let browser: Browser;
  let number = '';
  let link = '';
  let task = '';

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
    const { secret, ...filed } = await fileLinked(app);
    number = filed.number;
    link = `/r/${number}?key=${secret}`;
    const agent = await openPage(browser, app.url);
    await signIn(agent, 'admin');
    await agent.goto(`/tickets/${number}`);
    task = (await agent.locator('a[href^="/tasks/"]').first().getAttribute('href')) ?? '';
    await closePage(agent);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  /** The paths of all pages, with what exists for their parameters. */
  function paths(): string[] {
    const values: Record<string, string> = {
      number,
      id: number,
      key: task.replace('/tasks/', ''),
      process: 'support-request',
      decision: 'Definitions_classify',
      form: 'triage',
      login: 'anna',
    };
    const fill = (whole: string, name: string): string => {
      const value = values[name];
      if (value === undefined) throw new Error(`Expected a value for ${whole}, but found none. Add it to the test.`);
      return value;
    };
    return routes
      .filter(({ method, path }) => method === 'get' && !NO_PAGE.test(path))
      .map(({ path }) => path.replace(/:(\w+)/g, fill));
  }

  it('is accessible before there is any account, and makes the administrator', async () => {
    const fresh = await startApp('nothing');
    const page = await openPage(browser, fresh.url);
    await page.goto('/');
    expect(new URL(page.url()).pathname).toBe('/first-run');
    await expectAccessible(page);
    await page.fill('[name=login]', 'root');
    await page.fill('[name=name]', 'First administrator');
    await page.fill('[name=password]', 'correct horse battery');
    await Promise.all([page.waitForURL((url) => url.pathname !== '/first-run'), page.click('form button.primary')]);
    expect((await page.goto('/people'))?.status()).toBe(200);
    await closePage(page);
    await fresh.stop();
  });

  it.each([
    ['en', false],
    ['zh', true],
  ] as const)(
    'is accessible in %s, dark: %s',
    async (locale, dark) => {
      const page = await openPage(browser, app.url, { locale, dark });
      await signIn(page, 'admin');
      for (const path of paths()) {
        const answer = await page.goto(path);
        if (answer?.status() !== 200) throw new Error(`Expected ${path} to be a page, but found ${answer?.status()}.`);
        await expectAccessible(page);
      }
      expectQuiet(page);
      await closePage(page);
      expect(paths().length).toBeGreaterThan(12);
    },
    180_000,
  );

  it.each(['en', 'zh'] as const)('is accessible to somebody who is not signed in, in %s', async (locale) => {
    const page = await openPage(browser, app.url, { locale });
    const rate = link.replace('?', '/rate?');
    for (const path of ['/sign-in', '/portal', link, rate, `/r/${number}`, '/nowhere']) {
      await page.goto(path);
      expect(new URL(page.url()).pathname).toBe(path.split('?')[0]);
      await expectAccessible(page);
    }
    await closePage(page);
  });

  it.each(['en', 'zh'] as const)(
    'shows a token with all scopes and its button without scrolling, in %s',
    async (locale) => {
      const page = await openPage(browser, app.url, { locale });
      await signIn(page, 'admin');
      await page.goto('/people/tokens');
      await page.fill('#name', 'Everything that the operations room needs');
      for (const box of await page.locator('[name=scopes]').all()) await box.check();
      await Promise.all([page.waitForEvent('load'), page.click('form.stack button.primary')]);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        const button = await page.locator('button.danger').first().boundingBox();
        expect((button?.x ?? width) + (button?.width ?? 0)).toBeLessThanOrEqual(width);
      }
      await expectAccessible(page);
      await closePage(page);
    },
  );

  it('moves a claimed task to the own ones at once, and does not announce it', async () => {
    const page = await openPage(browser, app.url, { locale: 'en' });
    const { number: claimed } = await fileLinked(app);
    const { group } = await findTicket(app.services, claimed);
    await signIn(page, samplePeople.find(({ groups }) => groups?.includes(group))?.login ?? group);
    await page.goto('/inbox');
    await page.locator('#live-offered tr', { hasText: claimed }).locator('[data-claim] button').click();
    await page.waitForSelector('#live-own [data-row]');
    await expect(page.textContent('#live-own')).resolves.toContain(claimed);
    expect(await page.locator('#live-offered tr', { hasText: claimed }).count()).toBe(0);
    await expect(page.textContent('#own')).resolves.toContain('1');
    await page.waitForTimeout(1500); // until the page has heard of it from the server, too
    expect(await page.locator('button.fresh').count()).toBe(0);
    expectQuiet(page);
    await closePage(page);
  });
});
