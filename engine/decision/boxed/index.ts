/** The registry of boxed expressions. A kind that is not here is refused at deployment. */
import type { BoxedKind } from './boxed.ts';
import { decisionTable } from './decision-table.ts';
import { literalExpression } from './literal-expression.ts';

export const BOXED_KINDS: readonly BoxedKind[] = [decisionTable, literalExpression];
