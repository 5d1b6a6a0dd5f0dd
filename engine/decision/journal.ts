/** What one evaluation writes down: which rules matched, what was missing, why something became null. */
import type { FeelValue } from '../expression/feel.ts';
import type { Instant } from '../instance.ts';
import type { FeelContext, Trace } from './boxed/boxed.ts';
import type { Knowledge } from './model.ts';

/** The evaluation of one decision or function. */
export interface Entry {
  readonly id: string;
  readonly value: FeelValue;
  readonly rules: readonly string[];
  readonly inputs: FeelContext;
}

/** The evaluation of a decision and of all that it requires. */
export interface Journal {
  readonly at: Instant;
  /** In the order in which the results were there: the decision that was asked for is the last. */
  readonly entries: Entry[];
  readonly missing: Set<string>;
  readonly warnings: Set<string>;
  /** Functions of the file as FEEL values. */
  readonly functions: Map<Knowledge, FeelValue>;
}

/** A loop may call a function any number of times: what is beyond this many entries is not kept. */
const MAX_ENTRIES = 100;

export function beginJournal(at: Instant): Journal {
  return { at, entries: [], missing: new Set(), warnings: new Set(), functions: new Map() };
}

/**
 * Evaluates with a trace of its own.
 * @param keep whether there is an entry: always, when a table was evaluated, or never
 */
export function record(
  journal: Journal,
  id: string,
  keep: 'always' | 'tables' | 'never',
  run: (trace: Trace) => FeelValue,
): FeelValue {
  const rules: string[] = [];
  const inputs: Record<string, FeelValue> = {};
  let tables = 0;
  const value =
    run({
      at: journal.at,
      warn: (warning) => journal.warnings.add(`${id}: ${warning}`),
      miss: (variable) => journal.missing.add(variable),
      matched(ids, seen) {
        tables++;
        rules.push(...ids);
        Object.assign(inputs, seen);
      },
    }) ?? null;
  const wanted = keep === 'always' || (keep === 'tables' && tables > 0);
  if (!wanted) return value;
  if (journal.entries.length >= MAX_ENTRIES) journal.entries.shift();
  journal.entries.push({ id, value, rules, inputs });
  return value;
}
