/** Relations: a list of contexts, written as rows and columns (DMN 1.3, 10.2.2.3). */
import type { DmnExpression, InformationItem } from '../decision-file.ts';
import { complete, plainResult } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

interface DmnRelation extends DmnExpression {
  readonly column?: readonly InformationItem[];
  readonly row?: readonly (DmnExpression & { readonly elements?: readonly DmnExpression[] })[];
}

export const relation: BoxedKind = {
  type: 'dmn:Relation',
  compile({ column = [], row = [], id }: DmnRelation, compiler) {
    const lines = row.map(({ elements = [], id: rowId }) => {
      return complete(column.map((_column, index) => compiler.inner(elements[index], rowId ?? id)));
    });
    const rows = complete(lines);
    if (!rows) return null;
    const names = column.map(({ name }) => name ?? '');
    return {
      evaluate(context, at, findings) {
        const records = rows.map((cells) =>
          cells.map((cell, index) => [names[index] ?? '', cell.evaluate(context, at, findings).value ?? null] as const),
        );
        return plainResult(records.map((record) => Object.fromEntries(record)));
      },
    };
  },
};
