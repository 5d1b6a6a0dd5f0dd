/** Boxed contexts: named entries, each of which knows those above it (DMN 1.3, 10.2.2.1). */
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnElement, DmnExpression, InformationItem } from '../decision-file.ts';
import { coerce } from '../type.ts';
import type { FeelType } from '../type.ts';
import { complete } from './boxed.ts';
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
  readonly type: FeelType | null;
  readonly value: Boxed;
}

export const context: BoxedKind = {
  type: 'dmn:Context',
  compile(expression, compiler) {
    const entries = compileEntries(expression, compiler);
    return (
      entries && {
        evaluate(outer, trace) {
          const result: Record<string, FeelValue> = {};
          for (const { name, type, value } of entries) {
            // a copy for each: a function that an entry defines keeps the one it was defined in
            const entry = value.evaluate({ ...outer, ...result }, trace);
            if (name === null) return entry;
            result[name] = coerce(entry, type, 'feel', (text) => trace.warn(`${name}: ${text}`));
          }
          return result;
        },
      }
    );
  },
};

function compileEntries({ contextEntry = [], id }: DmnContext, compiler: BoxedCompiler): readonly Entry[] | null {
  let known = compiler;
  const entries = contextEntry.map(({ id: entryId, variable, value }, index): Entry | null => {
    const boxed = known.inner(value, entryId ?? id);
    const name = variable?.name ?? null;
    const type = compiler.type(variable?.typeRef, variable?.id ?? entryId ?? id);
    if (name !== null) known = known.knowing({ [name]: type?.shape(0) ?? null });
    else if (index < contextEntry.length - 1) {
      const message = `Expected only the last entry of ${id ?? compiler.decision} to have no name, but entry ${index + 1} has none. Name it.`;
      compiler.report('invalid-context', entryId ?? id, message);
    }
    return boxed && { name, type, value: boxed };
  });
  return complete(entries);
}
