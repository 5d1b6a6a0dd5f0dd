import type { Activation, Modify } from '../command.ts';
import { bring, createToken, end, openAround, takeIn, tokenOf, type Execution } from '../execution.ts';
import { openScope, setLocal } from '../mappings.ts';
import { terminate } from '../termination.ts';
import { ROOT, type Token } from '../instance.ts';
import { goesOn } from '../reach.ts';
import { elementOf, isMoved, modelOf } from '../place.ts';
import { Rejection } from '../rejection.ts';
import { checkNames } from '../variable-names.ts';
import { scopeOf } from '../variables.ts';
import { gone } from './common.ts';
import { levelsAround, nearestAround, placeFor, placeIn, type Place } from './modify-place.ts';

/**
 * Modify: moves tokens by hand. What is activated is put in its place first, then tokens are ended, then what has nothing
 * left inside; only after that the new tokens begin. A rejection on the way leaves everything as it was.
 */
export function modify(
  x: Execution,
  { activate: wanted = [], terminate: ended = [], move = [], reason }: Modify,
): void {
  if (wanted.length + ended.length + move.length === 0) {
    throw new Rejection('invalid', 'Expected something to activate, to end or to move, but found nothing. Name it.');
  }
  const tokens = ended.map((id) => {
    const token = tokenOf(x, id);
    if (!token) throw gone(x, `token ${id} to be there`);
    return token;
  });
  const moved = move.flatMap(({ from, to }) => tokensAt(x, from).map((token) => ({ token, to })));
  const all = [...tokens, ...moved.map(({ token }) => token)];
  const activated = [...wanted.map(({ element }) => element), ...moved.map(({ to }) => to)];
  const modified = { type: 'InstanceModified', activated, terminated: all.map(({ element }) => element) } as const;
  x.emit(reason === undefined ? modified : { ...modified, reason });
  const doomed = insideOf(x, all);
  for (const activation of wanted) {
    const { element, scope } = activation;
    begin(x, scope === undefined ? placeFor(x, element, ROOT, doomed) : placeIn(x, element, scope, doomed), activation);
  }
  for (const { token, to } of moved) {
    begin(x, placeFor(x, to, nearestAround(x, to, token.scope, doomed), doomed), { element: to });
  }
  endAll(x, all, reason);
}

/** Puts a token at each of these elements of a process that has just begun. */
export function activate(x: Execution, elements: readonly string[]): void {
  for (const element of elements) begin(x, placeFor(x, element, ROOT, new Set()), { element });
}

/** The tokens that a move takes from an element: not the iterations of its loop, which go with it, nor what undoes it. */
function tokensAt(x: Execution, from: string): Token[] {
  const found = x.instance.tokens.filter(
    (token) => token.element === from && token.iteration === undefined && goesOn(token, elementOf(x, token)),
  );
  if (found.length > 0) return found;
  throw new Rejection('conflict', `Expected a token at "${from}" in instance ${x.instance.id}, but there is none.`);
}

/** Tokens and all that moves inside them; these are younger. */
function insideOf(x: Execution, tokens: readonly Token[]): Set<number> {
  const ids = new Set(tokens.map(({ id }) => id));
  for (const { id, scope } of x.instance.tokens) if (ids.has(scope)) ids.add(id);
  return ids;
}

/** Opens the missing scopes and puts a token at the element, which is taken in when the command's own part is done. */
function begin(x: Execution, { element, scope: found, missing }: Place, { variables = [] }: Activation): void {
  const given = variables.map(({ scope, variables: values }) => {
    checkNames(values);
    return { scope, values };
  });
  const levels = levelsAround(x, found);
  const known = new Set([...levels.keys(), element.id, ...missing.map(({ id }) => id)]);
  for (const { scope, values } of given) {
    if (scope !== undefined && !known.has(scope)) throw notAround(element.id, scope, [...known]);
    const open = levels.get(scope ?? modelOf(x, found).id);
    if (open !== undefined) setLocal(x, open, values);
  }
  const give = (token: Token): void => {
    for (const { scope, values } of given) {
      if (scope !== token.element) continue;
      openScope(x, token);
      setLocal(x, token.id, values);
    }
  };
  let scope = found;
  for (const group of missing) {
    const token = tokenAt(x, createToken(x, group, scope));
    give(token);
    openAround(x, token, group);
    scope = token.id;
  }
  const id = createToken(x, element, scope);
  give(tokenAt(x, id));
  x.later(() => {
    const token = tokenOf(x, id);
    if (token) takeIn(x, token, element);
  });
}

function tokenAt(x: Execution, id: number): Token {
  const token = tokenOf(x, id);
  if (!token) throw new Error(`Expected token ${id} to be there, but it is not.`);
  return token;
}

function notAround(element: string, scope: string, known: readonly string[]): Rejection {
  return new Rejection(
    'invalid',
    `Expected the variables to be for "${element}" or what lies around it, but found "${scope}". ` +
      `Choose one of ${known.join(', ')}.`,
  );
}

/** Ends tokens, and then outwards what has nothing left inside. */
function endAll(x: Execution, tokens: readonly Token[], reason: string | undefined): void {
  for (const { id } of tokens) {
    const token = tokenOf(x, id);
    if (token) terminate(x, token);
  }
  for (const { scope } of tokens) endEmptied(x, scope, reason);
  for (const token of tokens) bringNext(x, token);
}

/** Behind a complex gateway that waited for its reset the next round may wait; nothing else would begin it now. */
function bringNext(x: Execution, { scope, element: id, awaiting }: Token): void {
  const next = x.instance.tokens.find(
    (token) => token.scope === scope && token.element === id && token.state === 'arrived',
  );
  if (awaiting === undefined || !next) return;
  const element = elementOf(x, next);
  x.later(() => {
    // What the command itself put there is taken in by now.
    if (tokenOf(x, next.id)?.state === 'arrived') bring(x, next.id, element);
  });
}

function endEmptied(x: Execution, from: number, reason: string | undefined): void {
  for (let scope = from; x.instance.status === 'active' && !isMoved(x, scope);) {
    const host = tokenOf(x, scope);
    if (!host) {
      if (scopeOf(x.instance, ROOT).id === scope) end(x, 'cancelled', reason);
      return;
    }
    terminate(x, host);
    scope = host.scope;
  }
}
