/** Boxed contexts: named entries, each of which knows those above it (DMN 1.3, 10.2.2.1). */
import type { DmnElement, DmnExpression, InformationItem } from '../decision-file.ts';
import { shapeOf } from '../item-definition.ts';
import { complete, plainResult } from './boxed.ts';
import type { Boxed, BoxedCompiler, BoxedKind } from './boxed.ts';

interface DmnContext extends DmnExpression {
  readonly contextEntry?: readonly (DmnElement & {
    readonly variable?: InformationItem;
    readonly value?: DmnExpression;
  })[];
}
interface Entry {
  /** null: the result entry, which stands last. */
  readonly name: string | null;
  readonly value: Boxed;
}

export const context: BoxedKind = {
  type: 'dmn:Context',
  compile(expression, compiler) {
    const entries = compileEntries(expression, compiler);
    return (
      entries && {
        evaluate(outer, at, findings) {
          const result: Record<string, unknown> = {};
          for (const { name, value } of entries) {
            const entry = value.evaluate({ ...outer, ...result }, at, findings);
            if (name === null) return plainResult(entry.value);
            result[name] = entry.value ?? null;
          }
          return plainResult(result);
        },
      }
    );
  },
};

function compileEntries({ contextEntry = [], id }: DmnContext, compiler: BoxedCompiler): readonly Entry[] | null {
  let known = compiler;
  const entries = contextEntry.map(({ id: entryId, variable, value }): Entry | null => {
    const boxed = known.inner(value, entryId ?? id);
    const name = variable?.name ?? null;
    if (name !== null) known = known.knowing({ [name]: shapeOf(variable?.typeRef, compiler.items) });
    return boxed && { name, value: boxed };
  });
  return complete(entries);
}
