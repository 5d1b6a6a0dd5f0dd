/** The compilation of logic: boxed expressions and the FEEL texts in them. */
import { ExpressionError } from '../expression/expression.ts';
import { compileProgram } from '../expression/feel.ts';
import type { Form, Program, Shape } from '../expression/feel.ts';
import type { Boxed, BoxedCompiler } from './boxed/boxed.ts';
import { BOXED_KINDS } from './boxed/index.ts';
import { report, typeOf } from './compilation.ts';
import type { Compilation } from './compilation.ts';
import type { DmnExpression, DmnText } from './decision-file.ts';
import { coerce } from './type.ts';
import type { FeelType } from './type.ts';

/** What compiles the logic of an element that knows these names. */
export function boxedCompiler(owner: string, shape: Shape, compilation: Compilation): BoxedCompiler {
  const compiler: BoxedCompiler = {
    shape,
    decision: owner,
    report: (rule, element, message) => report(compilation, rule, element ?? owner, message),
    type: (typeRef, element = owner) => typeOf(typeRef, element, compilation),
    knowing: (names) => boxedCompiler(owner, { ...shape, ...names }, compilation),
    inner: (expression, element = owner) => compileBoxed(expression, element, compiler, compilation),
    feel: (text, form, element = owner) => compileFeel(text, form, element, shape, compilation),
  };
  return compiler;
}

function compileBoxed(
  expression: DmnExpression | undefined,
  element: string,
  compiler: BoxedCompiler,
  compilation: Compilation,
): Boxed | null {
  const kind = BOXED_KINDS.find((candidate) => candidate.type === expression?.$type);
  if (!kind || !expression) {
    const kinds = BOXED_KINDS.map(({ type }) => type.slice('dmn:'.length)).join(', ');
    const found = expression?.$type ?? 'no logic that can be read';
    const message = `Expected ${element} to have one of ${kinds}, but found ${found}. Write it as one of these.`;
    report(compilation, 'unsupported-expression', element, message);
    return null;
  }
  const boxed = kind.compile(expression, compiler);
  const type = kind.untyped ? null : compiler.type(expression.typeRef, expression.id ?? element);
  return boxed && typed(boxed, type);
}

/** The same expression, with a result that conforms to a type. */
function typed(boxed: Boxed, type: FeelType | null): Boxed {
  if (type === null) return boxed;
  return {
    evaluate: (context, trace) => coerce(boxed.evaluate(context, trace), type, 'feel', (text) => trace.warn(text)),
  };
}

function compileFeel(
  text: DmnText,
  form: Form,
  element: string,
  shape: Shape,
  compilation: Compilation,
): Program | null {
  const language = text.expressionLanguage ?? compilation.language;
  if (language !== undefined && language !== '' && !/feel/iu.test(language)) {
    const message = `Expected ${element} to be written in FEEL, but found ${language}. Write it in FEEL.`;
    report(compilation, 'unsupported-language', element, message);
    return null;
  }
  if (text.importedValues !== undefined) {
    const message = `Expected ${element} to have its own text, but it imports values. Write them into the text.`;
    report(compilation, 'unsupported-element', element, message);
    return null;
  }
  try {
    return compileProgram(text.text ?? '', form, shape);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(compilation, 'invalid-expression', element, error.message);
    return null;
  }
}
