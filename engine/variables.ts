/** Variable scopes: what an expression sees, and where a result is written. */
import { findById } from './find.ts';
import type { Instance, LoopState, Scope, Value, Variables } from './instance.ts';

/** The scope of this id; a bug when it is not there. */
export function scopeOf(instance: Instance, id: number): Scope {
  const scope = findById(instance.scopes, id);
  if (!scope) throw new Error(`Expected scope ${id} in instance ${instance.id}, but it is not there.`);
  return scope;
}

/** The scopes from `id` outwards as far as variables are seen: to the root, or to the inside of a call activity. */
function chain(instance: Instance, id: number): Scope[] {
  const scopes: Scope[] = [];
  let scope: Scope | null = scopeOf(instance, id);
  while (scope !== null) {
    scopes.push(scope);
    scope = scope.isolated || scope.parent === null ? null : scopeOf(instance, scope.parent);
  }
  return scopes;
}

/** All variables that are seen from a scope, inner ones hiding outer ones; in a loop also its attributes. */
export function visible(instance: Instance, id: number): Variables {
  const own = scopeOf(instance, id);
  if ((own.parent === null || own.isolated) && !own.loop) return own.variables;
  const scopes = chain(instance, id);
  const all: Variables = {};
  for (const { variables, loop } of scopes.reverse()) Object.assign(all, variables, loop && loopVariables(loop));
  return all;
}

/** The variables that are seen from a scope, without the attributes of the loops around it. */
export function stored(instance: Instance, id: number): Variables {
  return Object.assign(
    {},
    ...chain(instance, id)
      .map(({ variables }) => variables)
      .reverse(),
  ) as Variables;
}

/**
 * The attributes of a loop that its conditions and iterations see (BPMN 2.0, tables 10.27 and 10.30), and the outputs so
 * far. They are no variables: they are neither stored nor set.
 */
export function loopVariables(loop: LoopState): Variables {
  const { instances, begun, completed, terminated, collection, outputs } = loop;
  if (instances === undefined) return { loopCounter: begun };
  const counts = {
    numberOfInstances: instances,
    numberOfActiveInstances: begun - completed - terminated,
    numberOfCompletedInstances: completed,
    numberOfTerminatedInstances: terminated,
  };
  return collection === undefined ? counts : { ...counts, [collection]: outputs ?? [] };
}

/**
 * Where each of these variables is written: in the nearest scope that has it, else in the outermost that is seen.
 * Gives the changes by scope, outermost last.
 */
export function propagate(
  instance: Instance,
  from: number,
  variables: Variables,
): { scope: number; variables: Variables }[] {
  const own = scopeOf(instance, from);
  if (own.parent === null || own.isolated) return [{ scope: own.id, variables }];
  const scopes = chain(instance, from);
  const changes = new Map<number, Variables>();
  for (const name of Object.keys(variables)) {
    const home = scopes.find((scope) => Object.hasOwn(scope.variables, name)) ?? scopes[scopes.length - 1];
    if (!home) continue;
    const change = changes.get(home.id) ?? {};
    change[name] = variables[name] as Value;
    changes.set(home.id, change);
  }
  return scopes.flatMap((scope) => {
    const change = changes.get(scope.id);
    return change ? [{ scope: scope.id, variables: change }] : [];
  });
}

/** `target` with the value put at a path of context keys; contexts on the way are copied or made. */
export function withPath(target: Variables, path: readonly string[], value: Value): Variables {
  const [head, ...rest] = path;
  if (head === undefined) return target;
  if (rest.length === 0) return { ...target, [head]: value };
  const inner = target[head];
  const context = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner : {};
  return { ...target, [head]: withPath(context, rest, value) };
}
