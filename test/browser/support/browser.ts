/** A real browser that talks to nobody but the server under test, and what a page owes its reader. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { samplePassword } from '../../../server/people/sample.ts';

/** Pictures for the README are made when PICTURES=1. */
const pictures = process.env['PICTURES'] ? join(import.meta.dirname, '..', '..', '..', 'ui', 'pictures') : null;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Chromium of the system, or the one that CHROMIUM names. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  if (!executablePath) throw new Error('Expected chromium in /usr/bin or in CHROMIUM, but found none. Install it.');
  return chromium.launch({
    executablePath,
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/** How a reader has set up their browser. */
export interface Reader {
  locale?: 'zh' | 'en';
  dark?: boolean;
  script?: boolean;
}

/** A page in a profile of its own. A script error on any of its pages fails the test, through `quiet`. */
export async function openPage(browser: Browser, url: string, reader: Reader = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    locale: reader.locale === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    colorScheme: reader.dark ? 'dark' : 'light',
    javaScriptEnabled: reader.script ?? true,
    viewport: { width: 1360, height: 860 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  listen(page);
  return page;
}

const errors = new WeakMap<Page, string[]>();

function listen(page: Page): void {
  const found: string[] = [];
  errors.set(page, found);
  page.on('pageerror', (error) => found.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(`${message.text()} ${message.location().url}`);
  });
}

/** Fails when a script of the page has failed, or the browser refused something. */
export function expectQuiet(page: Page): void {
  expect(errors.get(page)).toEqual([]);
}

/** Signs in with a sample account. */
export async function signIn(page: Page, login: string): Promise<void> {
  await page.goto('/sign-in');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', samplePassword);
  await Promise.all([
    page.waitForURL((url) => url.pathname !== '/sign-in'),
    page.click('form:has(input[name=password]) button:not([type=button])'),
  ]);
}

/** No serious or critical violation of WCAG 2.2 A or AA. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<Found> } };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const found = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  });
  expect(violations).toEqual([]);
}

interface Found {
  violations: { id: string; help: string; impact: string | null; nodes: { html: string }[] }[];
}

/** The bpmn.io logo is there, wholly visible, and nothing lies over it. */
export async function expectWatermark(page: Page): Promise<void> {
  const logo = page.locator('.bjs-powered-by:visible').first();
  await logo.scrollIntoViewIfNeeded();
  const covered = await logo.evaluate((link) => {
    const { left, top, right, bottom, width, height } = link.getBoundingClientRect();
    if (width < 20 || height < 8) return ['too small'];
    const inset = 2;
    const points = [left + inset, (left + right) / 2, right - inset].flatMap((x) =>
      [top + inset, (top + bottom) / 2, bottom - inset].map((y) => [x, y] as const),
    );
    const uncovered = (x: number, y: number): boolean => {
      const topmost = document.elementFromPoint(x, y);
      return topmost !== null && (link === topmost || link.contains(topmost));
    };
    const style = getComputedStyle(link);
    const faint = style.visibility !== 'visible' || Number(style.opacity) < 1;
    return [...(faint ? ['not fully visible'] : []), ...points.filter(([x, y]) => !uncovered(x, y)).map(String)];
  });
  expect(covered).toEqual([]);
  expect(await logo.getAttribute('href')).toBe('http://bpmn.io');
}

/** Keeps a picture of the page for the README; does nothing in ordinary runs. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** The profile of a page; closing it closes the page. */
export function closePage(page: Page): Promise<void> {
  const context: BrowserContext = page.context();
  return context.close();
}
