/** The registry of the grammar: one compiler for each node of the syntax tree that is an expression. */
import type { Code, Compilation, NodeCompiler } from './code.ts';
import type { SyntaxNode } from './names.ts';
import { arithmeticExpression } from './nodes/arithmetic.ts';
import { context, list } from './nodes/collection.ts';
import { comparison, interval, simplePositiveUnaryTest, unaryTests } from './nodes/comparison.ts';
import { filterExpression } from './nodes/filter.ts';
import { dateTimeLiteral, functionDefinition, functionInvocation } from './nodes/function.ts';
import { instanceOf } from './nodes/instance-of.ts';
import { forExpression, quantifiedExpression } from './nodes/iteration.ts';
import {
  atLiteralNode,
  booleanLiteral,
  inputNode,
  nullLiteral,
  numericLiteral,
  stringLiteral,
} from './nodes/literal.ts';
import { conjunction, disjunction, ifExpression, inner } from './nodes/logic.ts';
import { pathExpression, variableName } from './nodes/name.ts';

/** By the names of the grammar of lezer-feel. */
const COMPILERS: ReadonlyMap<string, NodeCompiler> = new Map(
  Object.entries({
    Expression: inner,
    ParenthesizedExpression: inner,
    UnaryTests: unaryTests,
    NumericLiteral: numericLiteral,
    StringLiteral: stringLiteral,
    BooleanLiteral: booleanLiteral,
    null: nullLiteral,
    AtLiteral: atLiteralNode,
    DateTimeLiteral: dateTimeLiteral,
    '?': inputNode,
    VariableName: variableName,
    PathExpression: pathExpression,
    Disjunction: disjunction,
    Conjunction: conjunction,
    IfExpression: ifExpression,
    ArithmeticExpression: arithmeticExpression,
    Comparison: comparison,
    SimplePositiveUnaryTest: simplePositiveUnaryTest,
    Interval: interval,
    List: list,
    Context: context,
    FilterExpression: filterExpression,
    ForExpression: forExpression,
    QuantifiedExpression: quantifiedExpression,
    FunctionDefinition: functionDefinition,
    FunctionInvocation: functionInvocation,
    InstanceOfExpression: instanceOf,
  }),
);

/** Compiles a node and all below it. */
export function compileNode(node: SyntaxNode, compilation: Compilation): Code {
  const compiler = COMPILERS.get(node.name);
  if (!compiler) throw new Error(`Expected a node of FEEL that can be evaluated, but found ${node.name}.`);
  return compiler(node, compilation);
}
