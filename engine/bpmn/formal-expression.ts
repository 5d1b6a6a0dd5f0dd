import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from './compiler.ts';
import { child, text } from './read.ts';

/** What an import could not translate is no FEEL, which is said where it is compiled. */
const UNTRANSLATED = /^=?\s*[$#]\{/u;

/**
 * The text of an expression (BPMN 2.0, 8.4.5 FormalExpression) that a node has under a name; undefined when there is none,
 * or none is written. A language other than FEEL is a problem of its owner.
 */
export function formalExpression(
  node: ModdleElement,
  name: string,
  owner: ModdleElement,
  c: Compiler,
): string | undefined {
  const expression = child(node, name);
  const body = expression && text(expression, 'body');
  const language = expression && text(expression, 'language');
  if (language !== undefined && !/feel/iu.test(language) && !UNTRANSLATED.test(body ?? '')) {
    const message = `Expected the ${name} of "${owner.id ?? ''}" to be FEEL, but found ${language}. Write it in FEEL.`;
    c.problem(owner, 'unsupported-language', message);
  }
  return body;
}
