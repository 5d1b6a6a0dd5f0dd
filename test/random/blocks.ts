/**
 * Block-structured models at random: every block has one way in and one way out, and nothing in it waits for what cannot
 * come, so that a process without open incident must always come to its end.
 */
import fc from 'fast-check';

/** What a catching event waits for; a timer's number is hours, a condition's the level above which it holds. */
export type Wait =
  | { readonly on: 'timer'; readonly hours: number }
  | { readonly on: 'message' | 'signal' }
  | { readonly on: 'condition'; readonly above: number };

/** A boundary event. An interrupting one joins the way out of its activity again, the other has an end of its own. */
export interface Edge {
  readonly catches: readonly Wait[] | 'error' | 'escalation';
  readonly interrupting: boolean;
  /** All of several definitions have to come, not any. */
  readonly parallel: boolean;
  readonly path: readonly Block[];
}

/** An event sub-process. */
export interface Group {
  readonly catches: readonly Wait[] | 'error' | 'escalation';
  readonly interrupting: boolean;
  readonly path: readonly Block[];
}

export type Loop =
  | {
      readonly marker: 'many';
      readonly sequential: boolean;
      readonly count: number;
      /** The iterations go over a collection and gather one. */
      readonly collection: boolean;
      readonly until: boolean;
    }
  | { readonly marker: 'standard'; readonly maximum: number; readonly before: boolean; readonly until: boolean };

/** How a scope may end beside its end event: in a branch of its own, or where a condition says so at its end. */
export interface Exit {
  readonly throws: 'error' | 'terminate' | 'escalation' | 'compensation' | 'cancel' | 'signal' | 'message';
  readonly beside: boolean;
}

/** The inside of a process or sub-process. */
export interface Inside {
  readonly blocks: readonly Block[];
  readonly exit: Exit | null;
  readonly groups: readonly Group[];
}

export interface Activity {
  readonly kind: 'activity';
  readonly type: 'user' | 'service' | 'receive' | 'send' | 'script' | 'manual' | 'call';
  /** It has io mappings, listeners, a handler that undoes it, or makes two tokens that the next one needs. */
  readonly extra: 'none' | 'mapped' | 'listened' | 'undone' | 'doubled';
  readonly edges: readonly Edge[];
  readonly loop: Loop | null;
}

export type Block =
  | Activity
  | {
      readonly kind: 'sub';
      readonly type: 'subProcess' | 'transaction';
      readonly inside: Inside;
      readonly undone: boolean;
      readonly edges: readonly Edge[];
      readonly loop: Loop | null;
    }
  | {
      readonly kind: 'ad-hoc';
      readonly strands: readonly (readonly Block[])[];
      readonly sequential: boolean;
      readonly until: boolean;
      readonly cancelRemaining: boolean;
      readonly edges: readonly Edge[];
    }
  | {
      readonly kind: 'branches';
      readonly gateway: 'exclusive' | 'parallel' | 'inclusive' | 'complex' | 'event';
      readonly branches: readonly (readonly Block[])[];
      /** Before each branch of an event-based gateway. */
      readonly waits: readonly Wait[];
      /** How many branches a complex join needs; it has a way out for its reset too. */
      readonly needed: number;
    }
  | { readonly kind: 'catch'; readonly waits: readonly Wait[]; readonly parallel: boolean }
  | {
      readonly kind: 'throw';
      readonly throws: 'none' | 'signal' | 'escalation' | 'message' | 'several' | 'link' | 'compensation';
      /** Of a compensation: whether it waits for its end. */
      readonly wait: boolean;
    };

/** A process, and one that it may call. */
export interface Program {
  readonly main: Inside;
  readonly called: Inside;
}

const wait: fc.Arbitrary<Wait> = fc.oneof(
  fc.record({ on: fc.constant('timer' as const), hours: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ on: fc.constantFrom('message' as const, 'signal' as const) }),
  fc.record({ on: fc.constant('condition' as const), above: fc.integer({ min: 2, max: 8 }) }),
);
const waits = fc.oneof(
  { weight: 4, arbitrary: fc.array(wait, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(wait, { minLength: 2, maxLength: 3 }) },
);
const catches = fc.oneof(
  { weight: 4, arbitrary: waits },
  { weight: 1, arbitrary: fc.constant('error' as const) },
  { weight: 1, arbitrary: fc.constant('escalation' as const) },
);
const loop: fc.Arbitrary<Loop | null> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 2,
    arbitrary: fc.record({
      marker: fc.constant('many' as const),
      sequential: fc.boolean(),
      count: fc.integer({ min: 0, max: 3 }),
      collection: fc.boolean(),
      until: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      marker: fc.constant('standard' as const),
      maximum: fc.integer({ min: 1, max: 3 }),
      before: fc.boolean(),
      until: fc.boolean(),
    }),
  },
);
const exit: fc.Arbitrary<Exit | null> = fc.option(
  fc.record({
    throws: fc.constantFrom<Exit['throws'][]>(
      'error',
      'terminate',
      'escalation',
      'compensation',
      'compensation',
      'compensation',
      'cancel',
      'cancel',
      'cancel',
      'signal',
      'message',
    ),
    beside: fc.boolean(),
  }),
);

const few = <T>(one: fc.Arbitrary<T>, maxLength = 1): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength }) },
  );

const plain: fc.Arbitrary<Activity> = fc.record({
  kind: fc.constant('activity' as const),
  type: fc.constantFrom<Activity['type'][]>('user', 'user', 'service', 'script'),
  extra: fc.constant('none' as const),
  edges: fc.constant([]),
  loop: fc.constant(null),
});

const edge: fc.Memo<Edge> = fc.memo((depth) =>
  fc.record({ catches, interrupting: fc.boolean(), parallel: fc.boolean(), path: paths(depth - 1) }),
);
const group: fc.Memo<Group> = fc.memo((depth) =>
  fc.record({ catches, interrupting: fc.boolean(), path: paths(depth - 1) }),
);
const edges = (depth: number): fc.Arbitrary<Edge[]> => few(edge(depth), 2);

/** One way to go; now and then empty. */
const paths = (depth: number): fc.Arbitrary<Block[]> =>
  fc.array<Block>(depth <= 0 ? plain : block(depth), { minLength: 0, maxLength: depth <= 1 ? 1 : 2 });

const inside: fc.Memo<Inside> = fc.memo((depth) =>
  fc.record({ blocks: paths(depth), exit, groups: few(group(depth - 1), 2) }),
);

const activity: fc.Memo<Activity> = fc.memo((depth) =>
  fc.record({
    kind: fc.constant('activity' as const),
    type: fc.constantFrom<Activity['type'][]>(
      'user',
      'user',
      'service',
      'service',
      'receive',
      'send',
      'script',
      'manual',
      'call',
    ),
    extra: fc.constantFrom<Activity['extra'][]>(
      'none',
      'none',
      'mapped',
      'listened',
      'undone',
      'undone',
      'undone',
      'undone',
      'doubled',
    ),
    edges: edges(depth),
    loop,
  }),
);

const block: fc.Memo<Block> = fc.memo((depth) => {
  const simple = fc.oneof(
    { weight: 5, arbitrary: activity(depth - 1) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('catch' as const), waits, parallel: fc.boolean() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('throw' as const),
        throws: fc.constantFrom(
          'none' as const,
          'signal',
          'escalation',
          'message',
          'several',
          'link',
          'compensation',
          'compensation',
          'compensation',
          'compensation',
          'compensation',
          'compensation',
        ),
        wait: fc.boolean(),
      }),
    },
  );
  if (depth <= 1) return simple;
  return fc.oneof(
    { weight: 3, arbitrary: simple },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('branches' as const),
        gateway: fc.constantFrom('exclusive' as const, 'parallel', 'inclusive', 'complex', 'event'),
        branches: fc.array(paths(depth - 1), { minLength: 2, maxLength: 3 }),
        waits: fc.array(wait, { minLength: 3, maxLength: 3 }),
        needed: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('sub' as const),
        type: fc.constantFrom('subProcess' as const, 'transaction'),
        inside: inside(depth - 1),
        undone: fc.boolean(),
        edges: edges(depth - 1),
        loop,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('ad-hoc' as const),
        strands: fc.array(fc.array(activity(0), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
        sequential: fc.boolean(),
        until: fc.boolean(),
        cancelRemaining: fc.boolean(),
        edges: edges(depth - 1),
      }),
    },
  );
});

/** Small programs of all blocks. */
export const programs: fc.Arbitrary<Program> = fc.record({
  main: fc.record({
    blocks: fc.array(block(3), { minLength: 1, maxLength: 2 }),
    exit: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: exit }),
    groups: few(group(2), 2),
  }),
  called: inside(1),
});
