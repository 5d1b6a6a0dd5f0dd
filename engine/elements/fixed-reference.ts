import type { Expression } from '../expression/expression.ts';

/** A reference whose id is written in the diagram as plain text; ids that FEEL computes are known only at run time. */
export function fixedReference<Kind extends 'processes' | 'decisions'>(
  kind: Kind,
  id: Expression,
): { kind: Kind; id: string }[] {
  return id.text === '' || id.text.startsWith('=') ? [] : [{ kind, id: id.text }];
}
