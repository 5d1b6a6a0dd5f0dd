import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadTexts } from '../../../server/web/locales.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, 'ui', 'locales');
const texts = loadTexts(folder);

type Texts = { [key: string]: string | Texts };

/** All keys, `page:a.b`, plural forms as one. */
function keysOf(locale: string): Map<string, string> {
  const walk = (at: string, value: string | Texts): [string, string][] =>
    typeof value === 'string'
      ? [[at.replace(/_(one|other)$/, ''), value]]
      : Object.entries(value).flatMap(([key, inner]) => walk(at.endsWith(':') ? at + key : `${at}.${key}`, inner));
  const pages = readdirSync(join(folder, locale));
  return new Map(
    pages.flatMap((page) =>
      walk(`${page.slice(0, -5)}:`, JSON.parse(readFileSync(join(folder, locale, page), 'utf8'))),
    ),
  );
}

/** All files below a folder with this ending. */
function files(under: string, ending: string): string[] {
  return readdirSync(join(root, under), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(root, under, name));
}

describe('the texts', () => {
  const [en, zh] = [keysOf('en'), keysOf('zh')];

  it('are the same in both languages, and none is empty', () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
    expect([...en, ...zh].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('fill the same places in both languages', () => {
    const places = (text = '') => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort().join();
    const differing = [...en.keys()].filter((key) => places(en.get(key)) !== places(zh.get(key)));
    expect(differing).toEqual([]);
  });

  it('exist for every key that a view or a route names', () => {
    const used = [
      ...files('ui/views', '.hbs').flatMap((file) => [
        ...readFileSync(file, 'utf8').matchAll(/\bt "([\w-]+:[\w.-]+)"/g),
      ]),
      ...files('server', '.ts').flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bt\('([\w-]+:[\w.-]+)'/g)]),
    ].map((match) => match[1] ?? '');
    expect(used.length).toBeGreaterThan(100);
    expect([...new Set(used)].filter((key) => !en.has(key))).toEqual([]);
  });

  it('choose the plural form, and leave markup to the view', () => {
    expect(texts.en('form:problems', { count: 1 })).toBe('One answer needs another look');
    expect(texts.en('form:problems', { count: 3 })).toBe('3 answers need another look');
    expect(texts.zh('form:problems', { count: 1 })).toBe('有 1 项需要修改');
    expect(texts.en('task:taken', { person: '<b>' })).toContain('<b>');
  });
});
