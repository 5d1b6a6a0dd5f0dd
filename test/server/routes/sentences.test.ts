import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { INCIDENT_KINDS } from '../../../engine/index.ts';
import { tells } from '../../../server/routes/history/sentences.ts';
import { locales } from '../../../server/web/locales.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** All `type: 'X'` or `kind: 'X'` of an engine file, after a place in it. */
function named(file: string, word: 'type' | 'kind', after = ''): string[] {
  const source = readFileSync(join(root, 'engine', file), 'utf8');
  const part = source.slice(Math.max(0, source.indexOf(after)));
  return [...new Set([...part.matchAll(new RegExp(`\\b${word}: '(\\w+)'`, 'g'))].map((match) => match[1] ?? ''))];
}

/** The members of a union of texts. */
function union(file: string, type: string): string[] {
  const source = readFileSync(join(root, 'engine', file), 'utf8');
  const [, members = ''] = new RegExp(`type ${type} =([^;]*);`).exec(source) ?? [];
  return [...members.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? '');
}

type Texts = { [key: string]: string | Texts };
const texts = (locale: string, page: string) =>
  JSON.parse(readFileSync(join(root, 'ui', 'locales', locale, `${page}.json`), 'utf8')) as Texts;
const has = (page: Texts, section: string, key: string): boolean =>
  Object.keys((page[section] as Texts | undefined) ?? page).some((it) => it === key || it.startsWith(`${key}_`));

describe.each(locales)('in %s a reader is told', (locale) => {
  it('what every event says, or sees it on the path and in the changes', () => {
    const events = named('event.ts', 'type');
    expect(events.length).toBeGreaterThan(40);
    expect(Object.keys(tells).sort()).toEqual([...events].sort());
    const told = events.filter((type) => tells[type as keyof typeof tells] !== null);
    expect(told.filter((type) => !has(texts(locale, 'history'), 'events', type))).toEqual([]);
  });

  it('what every command asked', () => {
    const commands = named('command.ts', 'type');
    expect(commands).toContain('ActivateElements');
    expect(commands.filter((type) => !has(texts(locale, 'history'), 'commands', type))).toEqual([]);
  });

  it('what every kind of incident needs', () => {
    const why = texts(locale, 'why');
    const phases = union('instance.ts', 'IncidentPhase');
    expect(phases.length).toBeGreaterThanOrEqual(4);
    expect(INCIDENT_KINDS.filter((kind) => !has(why, 'remedy', kind))).toEqual([]);
    expect(phases.filter((phase) => !has(why, 'again', phase))).toEqual([]);
  });

  it('what every resting token waits for', () => {
    const kinds = named('explain.ts', 'kind', 'export type Reason');
    expect(kinds.length).toBeGreaterThanOrEqual(10);
    const known = Object.keys(texts(locale, 'why'));
    expect(kinds.filter((kind) => !known.includes(kind))).toEqual([]);
  });
});
