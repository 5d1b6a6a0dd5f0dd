import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { routes } from '../../server/routes/index.ts';
import { startApp } from './support/app.ts';
import type { App } from './support/app.ts';
import { closePage, expectAccessible, expectQuiet, openBrowser, openPage, signIn } from './support/browser.ts';
import { fileSample } from './support/cases.ts';

/** Answers of routes that are not pages, the redirect to a request, what a survey link opens, and the page that is only there before the first account. */
const NO_PAGE =
  /^\/($|first-run|portal\/follow|r\/:number\/rate|events|api\/)|\.(json|bpmn)$|\/(files?|download|resources?)\//;

describe('Every page', () => {
  let app: App;
  let browser: Browser;
  let number = '';

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
    number = await fileSample(app);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  /** The paths of all pages, with what exists for their parameters. */
  function paths(): string[] {
    const values: Record<string, string> = { number, id: number, process: 'support-request', login: 'anna' };
    return routes
      .filter(({ method, path }) => method === 'get' && !NO_PAGE.test(path))
      .map(({ path }) => path.replace(/:(\w+)/g, (whole, name: string) => values[name] ?? whole))
      .filter((path) => !path.includes(':'));
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
});
