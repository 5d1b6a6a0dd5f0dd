import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { definitions, end, flows, message, node, process, service, start, timer, user } from '../support/bpmn.ts';
import { play, type Play } from '../support/play.ts';

/** A block-structured model: every block has one way in and one way out, so it must always come to its end. */
type Block =
  | { kind: 'user' | 'service' | 'receive' }
  | { kind: 'xor' | 'and' | 'or' | 'race'; branches: Block[][] }
  | { kind: 'sub'; inside: Block[]; interrupting: boolean };

const block: fc.Memo<Block> = fc.memo((depth) => {
  const leaf = fc.constantFrom<Block>({ kind: 'user' }, { kind: 'service' }, { kind: 'receive' });
  if (depth <= 1) return leaf;
  const list = fc.array(block(depth - 1), { minLength: 1, maxLength: 2 });
  return fc.oneof(
    leaf,
    fc.record({
      kind: fc.constantFrom('xor' as const, 'and' as const, 'or' as const, 'race' as const),
      branches: fc.array(list, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('sub' as const), inside: list, interrupting: fc.boolean() }),
  );
});

interface Drawing {
  nodes: string[];
  lines: string[];
}

/** Draws a sequence of blocks behind `from`; gives the id of the last node. */
function draw(blocks: Block[], from: string, drawing: Drawing, name: string): string {
  return blocks.reduce((last, one, index) => drawBlock(one, last, drawing, `${name}${index}`), from);
}

function drawBlock(one: Block, from: string, drawing: Drawing, id: string): string {
  if (one.kind === 'sub') return drawSub(one, from, drawing, id);
  if ('branches' in one) return drawBranches(one, from, drawing, id);
  const simple = { user: user(id), service: service(id), receive: node('receiveTask', id, 'messageRef="m"') };
  drawing.nodes.push(simple[one.kind]);
  drawing.lines.push(`${from} -> ${id}`);
  return id;
}

const GATEWAY = { xor: 'exclusiveGateway', and: 'parallelGateway', or: 'inclusiveGateway', race: 'eventBasedGateway' };

function drawBranches(
  { kind, branches }: Extract<Block, { branches: Block[][] }>,
  from: string,
  drawing: Drawing,
  id: string,
): string {
  const [split, join] = [`${id}s`, `${id}j`];
  const last = kind === 'race' ? 'exclusiveGateway' : GATEWAY[kind];
  const conditional = kind === 'xor' || kind === 'or';
  drawing.nodes.push(node(last, join));
  drawing.lines.push(`${from} -> ${split}`);
  branches.forEach((branch, index) => {
    const entry = `${id}e${index}`;
    const waits = node('intermediateCatchEvent', entry, '', timer('Duration', `PT${index + 1}H`));
    drawing.nodes.push(kind === 'race' ? waits : node('task', entry));
    drawing.lines.push(
      conditional && index > 0 ? `${split} -[dice > ${index * 3}]-> ${entry}` : `${split} -> ${entry}`,
    );
    drawing.lines.push(`${draw(branch, entry, drawing, `${id}b${index}n`)} -> ${join}`);
  });
  drawing.nodes.push(node(GATEWAY[kind], split, conditional ? `default="${split}_${id}e0"` : ''));
  return join;
}

function drawSub(
  { inside, interrupting }: Extract<Block, { kind: 'sub' }>,
  from: string,
  drawing: Drawing,
  id: string,
): string {
  const inner: Drawing = { nodes: [start(`${id}a`), end(`${id}z`)], lines: [] };
  inner.lines.push(`${draw(inside, `${id}a`, inner, `${id}i`)} -> ${id}z`);
  drawing.nodes.push(
    node('subProcess', id, '', ...inner.nodes, flows(...inner.lines)),
    node(
      'boundaryEvent',
      `${id}t`,
      `attachedToRef="${id}" cancelActivity="${interrupting}"`,
      timer('Duration', 'PT3H'),
    ),
    ...(interrupting ? [] : [end(`${id}late`)]),
    node('exclusiveGateway', `${id}m`),
  );
  drawing.lines.push(`${from} -> ${id}`, `${id} -> ${id}m`);
  drawing.lines.push(interrupting ? `${id}t -> ${id}m` : `${id}t -> ${id}late`);
  return `${id}m`;
}

function model(blocks: Block[]): string {
  const drawing: Drawing = { nodes: [start(), end()], lines: [] };
  drawing.lines.push(`${draw(blocks, 'start', drawing, 'n')} -> end`);
  return definitions(message('m', 'news'), process('p', ...drawing.nodes, flows(...drawing.lines)));
}

/** Everything that could happen next, in a fixed order. */
function moves(game: Play): (() => void)[] {
  const { tokens, messages, timers } = game.instance;
  return [
    ...tokens
      .filter((token) => token.task)
      .map((token) => () => void game.complete(token.element, { dice: token.id % 10 })),
    ...tokens.filter((token) => token.job).map((token) => () => void game.completeJob(token.element)),
    ...messages.map(
      ({ id, name }) =>
        () =>
          void game.do({ type: 'CorrelateMessage', subscription: id, name, variables: {} }),
    ),
    ...(timers.length > 0 ? [() => game.advance('PT1H')] : []),
  ];
}

describe('a random process under a random schedule', () => {
  it('comes to its end without an incident, and its history re-executes after every step', async () => {
    const blocks = fc.array(block(3), { minLength: 1, maxLength: 3 });
    const schedule = fc.infiniteStream(fc.nat(1000));
    await fc.assert(
      fc.asyncProperty(blocks, fc.nat(9), schedule, async (drawn, dice, choices) => {
        const game = await play(model(drawn), { dice });
        for (let step = 0; step < 200 && game.instance.status === 'active'; step += 1) {
          const possible = moves(game);
          expect(possible.length).toBeGreaterThan(0);
          possible[Number(choices.next().value) % possible.length]?.();
          expect(game.instance.incidents).toEqual([]);
        }
        expect(game.instance.status).toBe('completed');
        expect([game.instance.tokens, game.instance.timers, game.instance.messages]).toEqual([[], [], []]);
        expect(game.instance.scopes).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
