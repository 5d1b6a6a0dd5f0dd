import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startApp } from './support/app.ts';
import type { App } from './support/app.ts';
import { expectQuiet, openBrowser, openPage, signIn } from './support/browser.ts';

let app: App;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  page = await openPage(browser, app.url, { locale: 'en' });
}, 180_000);

afterAll(async () => {
  await browser.close();
  await app.stop();
});

it('lets a person read the API and try it out, with nothing from elsewhere', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await signIn(page, 'olga');
  await page.goto('/api/docs');
  await page.locator('[data-path="/v2/process-definitions/search"]').click();
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.locator('.body-param textarea').fill('{"filter": {"isLatestVersion": true}}');
  await page.getByRole('button', { name: 'Execute' }).click();
  await page.getByText('"processDefinitionId": "support-request"').first().waitFor();
  expect(asked.filter((url) => !url.startsWith(app.url) && !url.startsWith('data:'))).toEqual([]);
  expectQuiet(page);
}, 180_000);
