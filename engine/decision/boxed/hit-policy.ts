/** Hit policies: what a table's matching rules make of its result (DMN 1.3, 8.2.10 and 8.2.11). */
import { compileProgram } from '../../expression/feel.ts';
import { toPlain } from '../../expression/plain.ts';
import type { FeelValue } from '../../expression/feel.ts';
import { DecisionError } from '../decision-error.ts';
import type { FeelContext } from './boxed.ts';

/** A rule that matched. */
export interface Hit {
  readonly rule: string;
  /** The result of the rule alone: the value of the only output, or a context of all outputs. */
  readonly value: FeelValue;
  /**
   * Rank of each output, in column order: the place of its value in the list of output values, from 0 = first.
   * Only filled for policies with `ordered`.
   */
  readonly ranks: readonly number[];
}

/** What a policy may name when it finds a contradiction. */
export interface Table {
  readonly id: string;
  readonly inputs: FeelContext;
}

export interface HitPolicy {
  /** Whether it orders rules by the lists of output values. */
  readonly ordered?: true;
  /** Whether rules after the first match are of no interest. */
  readonly first?: true;
  /** Whether it makes one value of many, so that it needs a table with one output. */
  readonly aggregates?: true;
  /** @param hits at least one, in table order */
  combine(hits: readonly Hit[], table: Table): FeelValue;
}

/** By the words of the file: hit policy, and for COLLECT its aggregation. */
export const HIT_POLICIES: Readonly<Record<string, HitPolicy>> = {
  UNIQUE: {
    combine(hits, table) {
      if (hits.length === 1) return hits[0]?.value;
      throw contradiction('exactly one rule', 'UNIQUE', hits, table);
    },
  },
  FIRST: { first: true, combine: (hits) => hits[0]?.value },
  ANY: {
    combine(hits, table) {
      const [first, ...others] = hits;
      if (others.every((hit) => isSame(first?.value, hit.value))) return first?.value;
      throw contradiction('all matching rules', 'ANY: with equal outputs', hits, table);
    },
  },
  PRIORITY: { ordered: true, combine: (hits) => byPriority(hits)[0]?.value },
  'OUTPUT ORDER': { ordered: true, combine: (hits) => byPriority(hits).map((hit) => hit.value) },
  'RULE ORDER': { combine: valuesOf },
  COLLECT: { combine: valuesOf },
  'COLLECT SUM': aggregation('sum(values)'),
  'COLLECT MIN': extreme('a < b'),
  'COLLECT MAX': extreme('a > b'),
  'COLLECT COUNT': aggregation('count(values)'),
};

const EQUAL = compileProgram('a = b', 'expression');

/** Equality of FEEL, where null equals null only. */
export function isSame(a: FeelValue, b: FeelValue): boolean {
  return a === b || EQUAL.run({ a, b }, 0).value === true;
}

function valuesOf(hits: readonly Hit[]): FeelValue[] {
  return hits.map((hit) => hit.value);
}

function aggregation(text: string): HitPolicy {
  const program = compileProgram(text, 'expression');
  return { aggregates: true, combine: (hits) => program.run({ values: valuesOf(hits) }, 0).value };
}

/** The value that stands to all others as `test` says; null when they cannot be compared. */
function extreme(test: string): HitPolicy {
  const program = compileProgram(test, 'expression');
  return {
    aggregates: true,
    combine: (hits) =>
      valuesOf(hits).reduce((b, a) => {
        const better = program.run({ a, b }, 0).value;
        if (typeof better !== 'boolean') return null;
        return better ? a : b;
      }),
  };
}

/** Highest priority first; the first output counts most, and rules of equal priority keep the order of the table. */
function byPriority(hits: readonly Hit[]): Hit[] {
  return hits.toSorted((a, b) => {
    const column = a.ranks.findIndex((rank, index) => rank !== b.ranks[index]);
    return column < 0 ? 0 : (a.ranks[column] ?? 0) - (b.ranks[column] ?? 0);
  });
}

function contradiction(expected: string, policy: string, hits: readonly Hit[], { id, inputs }: Table): DecisionError {
  const rules = hits.map((hit) => hit.rule).join(', ');
  const seen = JSON.stringify(toPlain(inputs, () => undefined));
  return new DecisionError(
    `Expected ${expected} of table ${id} to match (${policy}), but rules ${rules} matched for inputs ${seen}.`,
    id,
  );
}
