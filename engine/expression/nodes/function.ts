/** Functions: their definition and their invocation (DMN 1.3, 10.3.2.13). */
import { charge, enter, leave, withBudget } from '../budget.ts';
import { builtInNamed } from '../built-in/index.ts';
import type { BuiltIn } from '../built-in/built-in.ts';
import { bind, depthOf, sizeOf, sourceOf, warn } from '../code.ts';
import type { Code, Compilation, NodeCompiler, Run, Scope } from '../code.ts';
import { isTolerant } from '../extensions.ts';
import { Invalid } from '../invalid.ts';
import { normalName, squashed } from '../names.ts';
import type { SyntaxNode } from '../names.ts';
import { childOf, childrenOf } from '../syntax.ts';
import { FunctionValue, unwrapped } from '../value.ts';
import type { FeelValue } from '../value.ts';
import { typeTest, type TypeTest } from './instance-of.ts';

/** Types of parameters that arguments are tested for; other names are types of the file, which is not known here. */
const SIMPLE: ReadonlySet<string> = new Set([
  'number',
  'string',
  'boolean',
  'date',
  'time',
  'date and time',
  'days and time duration',
  'years and months duration',
]);

export const functionDefinition: NodeCompiler = (node, compilation) => {
  if (childOf(node, 'external')) {
    return (run) => {
      warn(run, 'Expected a function in FEEL, but found an external one; null is used.');
      return null;
    };
  }
  const body = childOf(node, 'FunctionBody')?.firstChild;
  const list = childOf(node, 'FormalParameters');
  if (!body) throw new Error('Expected a function to have a body.');
  const parameters = list ? childrenOf(list) : [];
  const names = parameters.map((parameter) =>
    normalName(sourceOf(childOf(parameter, 'ParameterName') ?? parameter, compilation)),
  );
  const tests = parameters.map((parameter) => {
    const type = childOf(parameter, 'Type');
    return type && SIMPLE.has(normalName(sourceOf(type, compilation))) ? typeTest(type, compilation) : null;
  });
  const code = compilation.compile(
    body,
    names.reduce((known, name) => bind(known, name), compilation),
  );
  const [cost, depth] = [1 + sizeOf(body), 1 + depthOf(body)];
  return (run, scope) =>
    new FunctionValue(names, (values) => {
      charge(cost);
      enter(depth);
      let local = scope;
      for (let index = 0; index < names.length; index += 1) {
        local = { value: conforming(values[index] ?? null, tests[index] ?? null, run), outer: local };
      }
      const result = code(run, local) ?? null;
      leave(depth);
      return result;
    });
};

/** An argument; null in the place of one that is not of the type of its parameter. A list of one becomes its item. */
function conforming(value: FeelValue, test: TypeTest | null, run: Run): FeelValue {
  if (value === null || test === null || test(value)) return value;
  const only = unwrapped(value);
  if (test(only)) return only;
  warn(run, 'Expected an argument of the type of its parameter, but found another; null is used.');
  return null;
}

export const functionInvocation: NodeCompiler = (node, compilation) => {
  const [target, ...others] = childrenOf(node);
  if (!target) throw new Error('Expected a call to name a function.');
  const name = normalName(sourceOf(target, compilation));
  const isName = ['VariableName', 'SpecialFunctionName', 'DateTimeConstructor'].includes(target.name);
  const builtIn = isName && !isKnown(name, compilation) ? builtInNamed(name) : undefined;
  const tolerant = isName && isTolerant(name);
  const list = argumentsOf(others);
  const values = list.map(({ value }, index) =>
    compilation.compile(value, tolerant && index === 0 ? { ...compilation, tolerant } : compilation),
  );
  const keys = list.map(({ key }) => (key ? normalName(sourceOf(key, compilation)) : undefined));
  if (builtIn) return invokeBuiltIn(name, builtIn, keys, values);
  return invokeValue(name, compilation.compile(target, compilation), keys, values);
};

/** `date("2026-02-28")` with a constant argument is worked out once. */
export const dateTimeLiteral: NodeCompiler = (node, compilation) => {
  const [first, ...others] = childrenOf(node);
  if (first?.name === 'AtLiteral') return compilation.compile(first, compilation);
  const code = functionInvocation(node, compilation);
  const constants = argumentsOf(others).every(({ value }) => /^(?:String|Numeric)Literal$/u.test(value.name));
  if (!constants) return code;
  const run: Run = { context: {}, input: null, at: 0, missing: null, warnings: null };
  const value = withBudget(compilation.text, () => code(run, null));
  return value === null ? code : () => value;
};

/** Whether the text itself or the shape has a name; both go before the built-in functions. */
function isKnown(name: string, { shape, bindings }: Compilation): boolean {
  if (Object.hasOwn(shape, name)) return true;
  for (let binding = bindings; binding; binding = binding.outer) {
    if (binding.name !== undefined && squashed(binding.name) === squashed(name)) return true;
  }
  return false;
}

interface Argument {
  readonly key: SyntaxNode | undefined;
  readonly value: SyntaxNode;
}

function argumentsOf(nodes: readonly SyntaxNode[]): Argument[] {
  const list = nodes.find(({ name }) => name === 'PositionalParameters' || name === 'NamedParameters');
  if (!list) return [];
  return childrenOf(list).map((child): Argument => {
    if (child.name !== 'NamedParameter') return { key: undefined, value: child };
    const [key, value] = childrenOf(child);
    if (!value) throw new Error('Expected a named argument to have a value.');
    return { key, value };
  });
}

type Keys = readonly (string | undefined)[];

/**
 * For each parameter the place of its argument, -1 without one; null when the arguments do not fit: too many, or a name
 * that no parameter has.
 */
function placesOf(keys: Keys, parameters: readonly string[], most: number): readonly number[] | null {
  if (keys.every((key) => key === undefined)) {
    const places = keys.map((_key, index) => index);
    return keys.length > most ? null : places;
  }
  const places = parameters.map((parameter) => keys.indexOf(parameter));
  return keys.every((key) => key !== undefined && parameters.includes(key)) ? places : null;
}

function invokeBuiltIn(name: string, builtIn: BuiltIn, keys: Keys, values: readonly Code[]): Code {
  const { parameters, aliases = [], most, call } = builtIn;
  const places = [parameters, ...aliases].map((names) => placesOf(keys, names, most)).find((found) => found !== null);
  const mismatch = `Expected arguments that fit ${name}(${parameters.join(', ')}), but found others; null is used.`;
  if (!places) return refuse(mismatch);
  const codes = places.map((place) => values[place]);
  return (run, scope) => {
    charge(2);
    const result = call(
      codes.map((code) => code && (code(run, scope) ?? null)),
      run,
    );
    if (!(result instanceof Invalid)) return result;
    warn(run, result.warning || mismatch);
    return null;
  };
}

function refuse(warning: string): Code {
  return (run) => {
    warn(run, warning);
    return null;
  };
}

function invokeValue(name: string, target: Code, keys: Keys, values: readonly Code[]): Code {
  const positional = keys.every((key) => key === undefined);
  return (run: Run, scope: Scope | null) => {
    const callee = target(run, scope);
    if (!(callee instanceof FunctionValue)) {
      warn(run, `Expected ${name} to be a function, but it is none; null is used.`);
      return null;
    }
    const places = placesOf(keys, callee.parameters, callee.most);
    if (!places || (positional && values.length < callee.least)) {
      const wanted = callee.parameters.join(', ');
      warn(run, `Expected arguments that fit ${name}(${wanted}), but found others; null is used.`);
      return null;
    }
    charge(1 + values.length);
    const result = callee.call(places.map((place) => values[place]?.(run, scope)));
    if (!(result instanceof Invalid)) return result;
    warn(run, result.warning);
    return null;
  };
}
