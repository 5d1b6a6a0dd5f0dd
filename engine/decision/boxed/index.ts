/** The registry of boxed expressions. A kind that is not here is refused at deployment. */
import type { BoxedKind } from './boxed.ts';
import { conditional } from './conditional.ts';
import { context } from './context.ts';
import { decisionTable } from './decision-table.ts';
import { filter } from './filter.ts';
import { functionDefinition } from './function-definition.ts';
import { invocation } from './invocation.ts';
import { every, forIteration, some } from './iteration.ts';
import { list } from './list.ts';
import { literalExpression } from './literal-expression.ts';
import { relation } from './relation.ts';

export const BOXED_KINDS: readonly BoxedKind[] = [
  decisionTable,
  literalExpression,
  context,
  list,
  relation,
  functionDefinition,
  invocation,
  conditional,
  filter,
  forIteration,
  some,
  every,
];
