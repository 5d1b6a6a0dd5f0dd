import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { translateJuel, translateScript, type Value, type Variables } from '../../../engine/index.ts';
import { compileExpression } from '../../../engine/expression/expression.ts';

function feel(text: string, loop = false): string {
  const found = translateJuel(text, { loop });
  expect(found).toMatchObject({ kind: 'feel' });
  return found.kind === 'feel' ? found.feel : '';
}

describe('JUEL to FEEL', () => {
  it.each<[juel: string, feel: string, variables: Variables, value: Value]>([
    ['${true}', 'true', {}, true],
    ['#{ticket.open}', 'ticket.open', { ticket: { open: true } }, true],
    ['${amount == 1}', 'amount = 1', { amount: 1 }, true],
    ["${name == 'it''s'.concat('')}".replace("''s", 's'), 'name = "its" + ""', { name: 'its' }, true],
    ['${amount ne 1}', 'amount != 1', { amount: 1 }, false],
    ['${amount lt 2 and amount gt 0}', 'amount < 2 and amount > 0', { amount: 1 }, true],
    ['${amount le 2 or amount ge 9}', 'amount <= 2 or amount >= 9', { amount: 5 }, false],
    ['${a == 3 || a == 1}', 'a = 3 or a = 1', { a: 1 }, true],
    ['${(a || b) && !c}', '(a or b) and not(c)', { a: false, b: true, c: false }, true],
    ['${not done}', 'not(done)', { done: false }, true],
    ['${5-2}', '5 - 2', {}, 3],
    ['${a - (b - c)}', 'a - (b - c)', { a: 9, b: 5, c: 2 }, 6],
    ['${(a + b) * c}', '(a + b) * c', { a: 1, b: 2, c: 3 }, 9],
    ['${-a * -b}', '-a * (-b)', { a: 2, b: 3 }, 6],
    ['${a div 4}', 'a / 4', { a: 10 }, 2.5],
    ['${a mod 4}', 'modulo(a, 4)', { a: 10 }, 2],
    ['${1.5e2 + .5}', '150 + 0.5', {}, 150.5],
    ['${x == null}', 'x = null', { x: null }, true],
    ['${x != null}', 'x != null', { x: 1 }, true],
    ['${empty x}', 'list contains([null, ""], x) or count(x) = 0', { x: [] }, true],
    ['${empty x}', 'list contains([null, ""], x) or count(x) = 0', { x: null }, true],
    ['${empty x && a}', '(list contains([null, ""], x) or count(x) = 0) and a', { x: 'b', a: true }, false],
    ['${not empty x}', 'not(list contains([null, ""], x) or count(x) = 0)', { x: '' }, false],
    ['${a ? "yes" : "no"}', 'if a then "yes" else "no"', { a: true }, 'yes'],
    ['${1 + (a ? 1 : 2)}', '1 + (if a then 1 else 2)', { a: false }, 3],
    ['${(a == b) == c}', '(a = b) = c', { a: 1, b: 1, c: true }, true],
    ['${"Hello " + name}', '"Hello " + string(name)', { name: 3 }, 'Hello 3'],
    ['Hello ${name}!', 'string join(["Hello ", string(name), "!"])', { name: 'Ada' }, 'Hello Ada!'],
    ['Hello ${name}!', 'string join(["Hello ", string(name), "!"])', { name: null }, 'Hello !'],
    ['${a}${b}', 'string join([string(a), string(b)])', { a: 1, b: 2 }, '12'],
    ["a\\${b}${'c}'}", 'string join(["a${b}", "c}"])', {}, 'a${b}c}'],
    ['${orders[1].price}', 'orders[2].price', { orders: [{ price: 1 }, { price: 7 }] }, 7],
    ['${orders[i + 1]}', 'orders[i + 1 + 1]', { orders: [4, 5, 6], i: 0 }, 5],
    ["${a['b']['c d']}", 'get value(a.b, "c d")', { a: { b: { 'c d': 8 } } }, 8],
    ['${a.in}', 'a.`in`', { a: { in: 2 } }, 2],
    ['${in == a$b}', '`in` = `a$b`', { in: 2, a$b: 2 }, true],
    [
      '${list.contains("a")}',
      'if list instance of string then contains(list, "a") else list contains(list, "a")',
      { list: ['a'] },
      true,
    ],
    [
      '${text.contains("a")}',
      'if text instance of string then contains(text, "a") else list contains(text, "a")',
      { text: 'cab' },
      true,
    ],
    [
      '${!text.contains("a")}',
      'not(if text instance of string then contains(text, "a") else list contains(text, "a"))',
      { text: 'b' },
      true,
    ],
    ['${list.contains(2)}', 'list contains(list, 2)', { list: [2] }, true],
    ['${list.size() > 1}', 'count(list) > 1', { list: [2] }, false],
    ['${list.isEmpty()}', 'list contains([null, ""], list) or count(list) = 0', { list: [2] }, false],
    ['${list.get(0)}', 'list[1]', { list: [2] }, 2],
    ['${map.get("key")}', 'map.key', { map: { key: 2 } }, 2],
    ["${state.equals('open')}", 'state = "open"', { state: 'open' }, true],
    ["${!state.equals('open')}", 'not(state = "open")', { state: 'open' }, false],
    ["${state.equalsIgnoreCase('OPEN')}", 'lower case(state) = lower case("OPEN")', { state: 'open' }, true],
    ["${state.startsWith('op')}", 'starts with(state, "op")', { state: 'open' }, true],
    ['${state.toUpperCase()}', 'upper case(state)', { state: 'open' }, 'OPEN'],
    ['${state.length()}', 'string length(state)', { state: 'open' }, 4],
    ['${state.substring(1, 3)}', 'substring(state, 2, 2)', { state: 'open' }, 'pe'],
    ['${execution.getVariable("x") + 1}', 'x + 1', { x: 1 }, 2],
    ['${task.getVariable("x")}', 'x', { x: 1 }, 1],
    ['${body.prop("score").numberValue() >= 21}', 'body.score >= 21', { body: { score: 30 } }, true],
    ['${dateTime().plusDays(2).toDate()}', 'now() + duration("P2D")', {}, '1970-01-03T00:00:00Z'],
    ['${now().minusHours(n)}', 'now() - duration("PT" + string(n) + "H")', { n: 1 }, '1969-12-31T23:00:00Z'],
  ])('%s is %s', (juel, expected, variables, value) => {
    expect(feel(juel)).toBe(expected);
    expect(compileExpression(expected).evaluate(variables, 0).value).toEqual(value);
  });

  it.each([
    '${bean.method()}',
    '${execution.setVariable("x", 1)}',
    '${execution.id}',
    '${task}',
    '${authenticatedUserId}',
    '${a[b]}',
    '${fn:length(a)}',
    '${now(1)}',
    '${}',
    '${a',
    '${a b}',
    '${a ? b}',
    '${"a}',
    '${a = 1}',
    '${{1}}',
    `\${${'('.repeat(5000)}a`,
    `\${${'!'.repeat(5000)}a}`,
    `\${a${'.b'.repeat(5000)}}`,
  ])('refuses %.40s', (juel) => {
    expect(translateJuel(juel)).toMatchObject({ kind: 'refused', found: expect.stringMatching(/./) });
  });

  it('leaves text without expressions as it is', () => {
    expect(translateJuel('5 $ {x}')).toEqual({ kind: 'text', text: '5 $ {x}' });
  });

  it('names the counters of a multi-instance activity as they are called here, only inside of one', () => {
    expect(feel('${nrOfCompletedInstances/nrOfInstances >= 0.6 }', true)).toBe(
      'numberOfCompletedInstances / numberOfInstances >= 0.6',
    );
    expect(feel('${nrOfActiveInstances}', true)).toBe('numberOfActiveInstances');
    expect(feel('${loopCounter == 0}', true)).toBe('loopCounter - 1 = 0');
    expect(feel('${items[loopCounter * 2]}', true)).toBe('items[(loopCounter - 1) * 2 + 1]');
    expect(feel('kermit_${loopCounter}', true)).toBe('string join(["kermit_", string(loopCounter - 1)])');
    expect(feel('${nrOfInstances + loopCounter}')).toBe('nrOfInstances + loopCounter');
    expect(feel('${item.loopCounter}', true)).toBe('item.loopCounter');
  });

  it('stops where JUEL would guess: a text is not a number, null is not false', () => {
    expect(compileExpression(feel('${a == 1}')).evaluate({ a: '1' }, 0).value).toBeNull();
    expect(compileExpression(feel('${!a}')).evaluate({ a: null }, 0).value).toBeNull();
  });

  it('reads bare expressions of scripts', () => {
    expect(translateScript(' variable === 1; ')).toMatchObject({
      kind: 'feel',
      feel: 'variable = 1',
      names: ['variable'],
    });
    expect(translateScript('println "x"')).toMatchObject({ kind: 'refused' });
    expect(translateScript('var x = 1; x')).toMatchObject({ kind: 'refused' });
  });

  it('never crashes, and gives FEEL that compiles or a reason', () => {
    const word = fc.constantFrom(
      ...'a b in x.y a[0] [ ] ( ) . , ? : + - * / % ! == != < >= && || and or not empty null true "t" \'s\' 1 2.5 1e3 } ${ #{ size() contains("a") loopCounter $ \\'.split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (inner, loop) => {
        for (const juel of [inner, `\${${inner}}`, `a #{${inner}} b`]) {
          const found = translateJuel(juel, { loop });
          if (found.kind === 'feel') compileExpression(found.feel);
          if (found.kind === 'refused') expect(found.found).not.toBe('');
        }
        const script = translateScript(inner, { loop });
        if (script.kind === 'feel') compileExpression(script.feel);
      }),
      { numRuns: 2000, seed: 312479 },
    );
  });
});
