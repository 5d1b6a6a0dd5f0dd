/** What a behaviour may use while it compiles a node: expressions that report their own mistakes, and `problem`. */
import type { ModdleElement } from 'bpmn-moddle';
import { ExpressionError } from '../expression/expression-error.ts';
import { compileExpression, compileValue, type Expression } from '../expression/expression.ts';
import type { Problem } from '../problem.ts';

export interface Compiler {
  /** Reports an error of the node: the model will not be deployed. */
  problem(node: Pick<ModdleElement, 'id'>, rule: string, message: string): void;
  /** FEEL, with or without the leading `=`. */
  expression(node: ModdleElement, feel: string): Expression;
  /** `=` FEEL, or a fixed text. */
  value(node: ModdleElement, text: string): Expression;
}

/** A compiler that collects problems in the given list. */
export function createCompiler(problems: Problem[]): Compiler {
  const problem: Compiler['problem'] = (node, rule, message) => {
    problems.push({ rule, severity: 'error', element: node.id ?? '', message });
  };
  const tryCompile = (node: ModdleElement, text: string, compile: (text: string) => Expression): Expression => {
    try {
      return compile(text);
    } catch (cause) {
      if (!(cause instanceof ExpressionError)) throw cause;
      const message = cause.message.replace(', but found', ` in "${node.id ?? ''}", but found`);
      problem(node, 'expression-syntax', message);
      return compileValue('');
    }
  };
  return {
    problem,
    expression: (node, feel) => tryCompile(node, feel.trim().replace(/^=/, ''), compileExpression),
    value: (node, text) => tryCompile(node, text, compileValue),
  };
}
