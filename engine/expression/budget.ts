/**
 * The budget of an evaluation: steps, not time, so that the same history ends the same way on every machine. An
 * evaluation is synchronous, so there is one meter; what an evaluation calls (a function of another decision) is charged
 * to it, too.
 */

/**
 * Steps that one evaluation may take. A step is about one node of the syntax tree for each time it is evaluated, one
 * element of a list that is looked at, or 16 characters of a text that is made; what takes longer (dates, patterns)
 * costs more. All of it is at most about 0.1 s of CPU.
 */
export const STEP_LIMIT = 2_000_000;
/** Nodes of the syntax tree, or levels of a value, that may be open at a time: the stack of JavaScript is bounded. */
export const DEPTH_LIMIT = 2_000;
/** Characters of JSON that one value may have. */
export const SIZE_LIMIT = 1_000_000;

/** Thrown when an evaluation costs more than it may. Never becomes null: its element gets an incident. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
  /** What was to be kept, for a sentence: `end within 1000000 steps`. */
  readonly limit: string;
  /** The text of the expression; undefined until its program is known. */
  readonly text: string | undefined;

  constructor(limit: string, text?: string) {
    const whose = text === undefined ? 'the expression' : `expression "${abridged(text)}"`;
    super(`Expected ${whose} to ${limit}, but it did not. Let it look at less, or let a job do the work.`);
    this.limit = limit;
    this.text = text;
  }
}

let running = false;
/** What this evaluation has paid for already. */
const paid = new Set<string>();
let left = STEP_LIMIT;
let depth = 0;

/** Runs `work` on one budget; inside another evaluation, on that one's. */
export function withBudget<T>(text: string | undefined, work: () => T): T {
  const outermost = open();
  try {
    return work();
  } catch (error) {
    throw named(error, text);
  } finally {
    if (outermost) close();
  }
}

/** Begins an evaluation; false when it is part of another. Every `true` needs its `close`. */
export function open(): boolean {
  if (running) return false;
  running = true;
  left = STEP_LIMIT;
  depth = 0;
  if (paid.size > 0) paid.clear();
  return true;
}

/**
 * Takes steps for what is kept once it was made (a compiled pattern): once in each evaluation, whether it was kept
 * from an earlier one or not, so that all cost the same.
 * @throws BudgetExceeded
 */
export function chargeOnce(key: string, steps: number): void {
  if (paid.has(key)) return;
  charge(steps);
  paid.add(key);
}

/** Ends the outermost evaluation. */
export function close(): void {
  running = false;
}

/** The error to throw on: a breach without a name gets the text of its expression. */
export function named(error: unknown, text: string | undefined): unknown {
  return error instanceof BudgetExceeded && error.text === undefined ? new BudgetExceeded(error.limit, text) : error;
}

/**
 * Takes steps from the budget.
 * @throws BudgetExceeded
 */
export function charge(steps: number): void {
  left -= steps;
  if (left < 0) throw new BudgetExceeded(`end within ${STEP_LIMIT} steps`);
}

/**
 * Goes down by `levels`; `leave` comes back up (not needed when something is thrown).
 * @throws BudgetExceeded
 */
export function enter(levels: number): void {
  depth += levels;
  if (depth > DEPTH_LIMIT) throw new BudgetExceeded(`nest calls and values no deeper than ${DEPTH_LIMIT} levels`);
}

/** Comes back from `enter`. */
export function leave(levels: number): void {
  depth -= levels;
}

function abridged(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
