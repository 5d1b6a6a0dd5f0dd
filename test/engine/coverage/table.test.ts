import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { LINES } from './lines.ts';
import { findProofs, PAGE, withTables } from './table.ts';

const lines = Object.values(LINES).flat();

it('every line of what runs has a test that proves it, and every such test proves a line', () => {
  expect(LINES['Events']).toHaveLength(63);
  const proven = new Set(findProofs().map(({ key }) => key));
  expect(lines.filter((key) => !proven.has(key))).toEqual([]);
  expect([...proven].filter((key) => !lines.includes(key))).toEqual([]);
});

it('the tables of the page are those that the tests make', () => {
  const page = readFileSync(PAGE, 'utf8');
  // Run `node .scripts/coverage.mjs` to write them again.
  expect(page).toBe(withTables(page, findProofs()));
});
