/**
 * Words for searching and comparing texts in Chinese and in latin script: runs of Han characters become their
 * overlapping pairs (a dictionary splits the terms of this trade in the wrong places), all else becomes lower-case words.
 */

const RUNS = /\p{Script=Han}+|[\p{L}\p{N}]+(?:[-_.@/][\p{L}\p{N}]+)*/gu;
const HAN = /^\p{Script=Han}/u;
const LONGEST = 64;

function wordsOfRun(run: string): string[] {
  if (!HAN.test(run)) {
    const whole = run.slice(0, LONGEST);
    const parts = run.split(/[-_.@/]/).map((part) => part.slice(0, LONGEST));
    return parts.length > 1 ? [whole, ...parts] : [whole];
  }
  const characters = [...run];
  const pairs = characters.slice(0, -1).map((character, index) => character + (characters[index + 1] ?? ''));
  return [...pairs, characters.at(-1) ?? ''];
}

/** The distinct words of a text, in order of appearance; the last character of a Han run stands alone as well. */
export function searchWords(...texts: string[]): string[] {
  const words = new Set<string>();
  for (const text of texts)
    for (const run of splitScripts(text.normalize('NFKC').toLowerCase()))
      for (const word of wordsOfRun(run)) words.add(word);
  return [...words];
}

/** Runs of one script: "mysql连接超时" is a latin word and a run of Han characters. */
function splitScripts(text: string): string[] {
  return (text.match(RUNS) ?? []).flatMap((run) => run.match(/\p{Script=Han}+|[^\p{Script=Han}]+/gu) ?? []);
}

const quoted = (word: string) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/**
 * A tsquery in PostgreSQL's own notation that asks for all words of the text, the last characters of each run as a
 * prefix; null when the text holds no word.
 */
export function searchQuery(text: string): string | null {
  const terms = splitScripts(text.normalize('NFKC').toLowerCase()).flatMap((run) => {
    if (!HAN.test(run)) return [`${quoted(run.slice(0, LONGEST))}:*`];
    const words = wordsOfRun(run);
    return words.length === 1 ? [`${quoted(words[0] ?? '')}:*`] : words.slice(0, -1).map(quoted);
  });
  return terms.length === 0 ? null : [...new Set(terms)].join(' & ');
}

/** How alike two texts are, 0..1: the Dice coefficient of their words. */
export function similarity(one: string, other: string): number {
  const mine = new Set(searchWords(one));
  const theirs = new Set(searchWords(other));
  if (mine.size === 0 || theirs.size === 0) return 0;
  let shared = 0;
  for (const word of mine) if (theirs.has(word)) shared++;
  return (2 * shared) / (mine.size + theirs.size);
}
