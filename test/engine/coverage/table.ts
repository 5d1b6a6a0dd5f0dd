/** The tables of what runs in engine/README.md, from the titles of the tests that prove each line. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LINES } from './lines.ts';

const TESTS = join(import.meta.dirname, '..');
/** The page that has the tables. */
export const PAGE = join(TESTS, '..', '..', 'engine', 'README.md');

const BEGIN = '<!-- coverage: written by .scripts/coverage.mjs -->';
const END = '<!-- end of coverage -->';
/** The beginning of a title: `gateway/parallel: `. */
const TITLE = /\bit\(\s*['"`]([a-z-]+(?:\/[a-z-]+)+): /g;

/** A test that proves a line. */
export interface Proof {
  key: string;
  /** Path of its file below test/engine, without its ending. */
  file: string;
}

/** All tests of test/engine whose titles begin with a line. */
export function findProofs(): Proof[] {
  const names = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  return names.sort().flatMap((name) => {
    const file = relative(TESTS, join(TESTS, name)).replace(/\.test\.ts$/, '');
    return [...readFileSync(join(TESTS, name), 'utf8').matchAll(TITLE)].map(([, key = '']) => ({ key, file }));
  });
}

/** The page with the tables that these tests make. */
export function withTables(page: string, proofs: readonly Proof[]): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  const tables = Object.entries(LINES).map(([title, keys]) => `### ${title}\n\n${tableOf(keys, proofs)}\n\n`);
  return `${before}${BEGIN}\n\n${tables.join('')}${after}`;
}

/** As prettier lays it out. */
function tableOf(keys: readonly string[], proofs: readonly Proof[]): string {
  const rows = keys.map((key) => {
    const found = proofs.filter((proof) => proof.key === key);
    const files = [...new Set(found.map(({ file }) => `\`${file}\``))];
    return [`\`${key}\``, String(found.length), files.join(', ')];
  });
  const all = [['line', 'tests', 'in'], ...rows];
  const [first = 0, second = 0, third = 0] = [0, 1, 2].map((place) =>
    Math.max(...all.map((row) => (row[place] ?? '').length)),
  );
  const line = ([key = '', count = '', files = '']: string[]): string =>
    `| ${key.padEnd(first)} | ${count.padStart(second)} | ${files.padEnd(third)} |`;
  const [head = [], ...body] = all;
  const rule = `| ${'-'.repeat(first)} | ${'-'.repeat(second - 1)}: | ${'-'.repeat(third)} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}
