/** Relations: a list of contexts, written as rows and columns (DMN 1.3, 10.2.2.3). */
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression, InformationItem } from '../decision-file.ts';
import { coerce } from '../type.ts';
import { complete } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

interface DmnRelation extends DmnExpression {
  readonly column?: readonly InformationItem[];
  readonly row?: readonly (DmnExpression & { readonly elements?: readonly DmnExpression[] })[];
}

export const relation: BoxedKind = {
  type: 'dmn:Relation',
  compile({ column = [], row = [], id }: DmnRelation, compiler) {
    const lines = row.map(({ elements = [], id: rowId }) => {
      if (elements.length === column.length) {
        return complete(elements.map((element) => compiler.inner(element, rowId ?? id)));
      }
      const message = `Expected each row of ${id ?? compiler.decision} to have ${column.length} cells, one for each column, but found ${elements.length}. Fill in or remove cells.`;
      compiler.report('invalid-relation', rowId ?? id, message);
      return null;
    });
    const rows = complete(lines);
    const columns = column.map(({ id: columnId, name = '', typeRef }) => ({
      name,
      type: compiler.type(typeRef, columnId ?? id),
    }));
    return (
      rows && {
        evaluate(context, trace) {
          return rows.map((cells) => {
            const record: Record<string, FeelValue> = {};
            columns.forEach(({ name, type }, index) => {
              const value = cells[index]?.evaluate(context, trace);
              record[name] = coerce(value, type, 'feel', (text) => trace.warn(`${name}: ${text}`));
            });
            return record;
          });
        },
      }
    );
  },
};
