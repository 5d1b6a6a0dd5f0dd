/** What a problem says, in the reader's language. */
import type { Problem } from '../../../engine/problem.ts';
import chinese from './rules-chinese.json' with { type: 'json' };

/** Of a problem, or of a note that stands for one. */
type Said = Pick<Problem, 'message'> & Partial<Problem>;

const texts = new Map(Object.entries({ ...chinese.rules, ...chinese.others }));

/** What the rule asks for and what to do, where the page is Chinese and the rule has such a text. */
function translated({ rule = '' }: Said): string | undefined {
  return document.documentElement.lang.startsWith('zh') ? texts.get(rule) : undefined;
}

/** In short: translated, or the exact English sentence. */
export function wordsOf(problem: Said): string {
  return translated(problem) ?? problem.message;
}

/**
 * For the page: the exact English sentence, which alone says what was found; where there is a translation, below it.
 * @param label goes before it
 */
export function explanation(problem: Said, label?: string): HTMLSpanElement {
  const whole = document.createElement('span');
  const own = translated(problem);
  if (own === undefined) {
    whole.lang = 'en';
    whole.textContent = label === undefined ? problem.message : `${label}: ${problem.message}`;
    return whole;
  }
  const exact = document.createElement('small');
  exact.className = 'exact';
  exact.lang = 'en';
  exact.textContent = problem.message;
  whole.append(label === undefined ? own : `${label}：${own}`, exact);
  return whole;
}
