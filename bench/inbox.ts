/**
 * The inbox of a person in five groups, with a million open tasks in 200 groups of very different size and with writers
 * beside: against `= any()`, against the same inbox with ten thousand open tasks, and against reading one row by its key.
 */
import { openDatabase, type Database } from '../server/db/database.ts';
import { countOfferedTasks, countOwnTasks, cursorAfter, rankTasks } from '../server/db/inbox.ts';
import { selectOfferedTasks, selectOwnTasks, type InboxPage } from '../server/db/inbox.ts';
import { migrate } from '../server/db/migrate.ts';
import { assignTasks, deleteTasks, insertTasks, readTask } from '../server/db/tasks.ts';
import { onCluster } from './cluster.ts';
import { fillTasks, keyAt } from './inbox/fill.ts';
import type { Result } from './run.ts';
import { cpuOf } from './submit/cpu.ts';
import { beside, interleaved, paced, percentile, type Contender } from './samples.ts';

const LARGE = 1_000_000;
const SMALL = 10_000;
const ROUNDS = 30;
/** One large, one small and three between. */
const GROUPS = ['g0', 'g2', 'g15', 'g60', 'g150'];
const PERSON = 'p7';
const FIRST: InboxPage = { after: null, search: null };
/** As the page counts: up to "1000+". */
const MOST = 1001;

export function inbox(): Promise<Result[]> {
  return onCluster(async (cluster) => {
    const { db: large, url } = cluster;
    const smallUrl = await cluster.create('small');
    const small = await openDatabase({ url: smallUrl, pool: 4 });
    const pen = await openDatabase({ url, pool: 2 });
    try {
      await migrate(small);
      await fillTasks(smallUrl, SMALL);
      await fillTasks(url, LARGE);
      const writers = [writer(pen, LARGE), writer(small, SMALL)];
      const { result, perSecond } = await beside(writers, async () =>
        interleaved(ROUNDS, await contenders(large, small)),
      );
      const cpu = await cpuPerPage(large, cluster.postmaster);
      return [...figures(result), ...cpu, written(perSecond * ROWS)];
    } finally {
      await Promise.all([small.close(), pen.close()]);
    }
  });
}

async function contenders(large: Database, small: Database) {
  const page = (db: Database, wanted = FIRST) => selectOfferedTasks(db, PERSON, GROUPS, wanted);
  const deep = { ...FIRST, after: await halfway(large) };
  let row = 0;
  return {
    key: { times: 20, run: () => readTask(large, { instance: keyAt((row += 7919) % LARGE), id: 1 }) },
    page: { times: 10, run: () => page(large) },
    small: { times: 10, run: () => page(small) },
    deep: { times: 10, run: () => page(large, deep) },
    whole: { times: 10, run: () => whole(large) },
    any: { times: 1, run: () => selectByAny(large, GROUPS) },
  } satisfies Record<string, Contender>;
}

/** CPU time of a page without writers, of this process and of the database. */
async function cpuPerPage(db: Database, postmaster: number): Promise<Result[]> {
  const pages = 300;
  const before = cpuOf(postmaster);
  for (let page = 0; page < pages; page += 1) await selectOfferedTasks(db, PERSON, GROUPS, FIRST);
  const after = cpuOf(postmaster);
  return [
    { name: 'inbox.page.cpu.server', value: (after.server - before.server) / pages, unit: 'us' },
    { name: 'inbox.page.cpu.database', value: (after.database - before.database) / pages, unit: 'us' },
  ];
}

/** The cursor of a line in the middle of what the groups are offered. */
async function halfway(db: Database) {
  const [middle] = await db.query<{ due: string }>(
    `select percentile_disc(0.5) within group (order by next_due_at)::text as due from tasks
     where group_id = 'g0' and assignee is null`,
  );
  const due = Number(middle?.due);
  const [line] = await selectOfferedTasks(db, '', GROUPS, { ...FIRST, after: { due, instanceId: '0', id: 0 } });
  if (line === undefined) throw new Error('Expected tasks in the second half of the inbox, but found none.');
  return cursorAfter(line);
}

/** All that the page reads of tasks, at once as the page does. */
function whole(db: Database): Promise<unknown> {
  return Promise.all([
    selectOwnTasks(db, PERSON, FIRST),
    selectOfferedTasks(db, PERSON, GROUPS, FIRST),
    countOwnTasks(db, PERSON, MOST),
    countOfferedTasks(db, GROUPS, MOST),
  ]);
}

/** The same lines in one go: what everybody would write first. */
function selectByAny(db: Database, groups: readonly string[]): Promise<object[]> {
  return db.query(
    `select t.instance_id, t.id, i.release_id, t.process, t.element, t.group_id, t.assignee, t.next_due_at, t.due_at,
       t.created_at, k.number, k.title, k.priority, k.clocks, k.updated_at
     from (select * from tasks where group_id = any($1::text[]) and assignee is null
       order by next_due_at, instance_id, id limit 50) t
     join instances i on i.bucket = t.bucket and i.id = t.instance_id
     left join tickets k on k.bucket = t.bucket and k.instance_id = t.instance_id
     order by t.next_due_at, t.instance_id, t.id`,
    [groups],
  );
}

/** Transactions a second in each of the two databases, and rows that each of them changes. */
const WRITES = 10;
const ROWS = 40;

/** Claims, ends, begins and re-ranks tasks, ten of each at a time. */
function writer(db: Database, size: number): () => Promise<void> {
  let at = size;
  let place = 0;
  const ten = () => Array.from({ length: 10 }, () => ({ instance: keyAt((place += 104_729) % size), id: 1 }));
  return paced(WRITES, () =>
    db.transaction(async (tx) => {
      await assignTasks(
        tx,
        ten().map((part) => ({ ...part, assignee: `p${(place % 2000) + 10}` })),
      );
      await rankTasks(
        tx,
        ten().map(({ instance }) => ({ instanceId: instance, dueAt: Date.now() + (place % 1e9) })),
      );
      await deleteTasks(tx, ten());
      await insertTasks(
        tx,
        ten().map(() => newTask(keyAt((at += 1)), `g${at % 200}`)),
      );
    }),
  );
}

function newTask(instance: string, group: string) {
  const none = { assignee: null, dueAt: null, followUpAt: null, form: null };
  return {
    ...none,
    instance,
    id: 1,
    process: 'support',
    element: 'handle',
    group,
    priority: 50,
    createdAt: Date.now(),
  };
}

/** Rows a second that the writers of both databases changed while times were taken. */
function written(value: number): Result {
  const least = 0.95 * 2 * WRITES * ROWS;
  return { name: 'inbox.writes.beside', value, unit: 'rows/s', goal: `>= ${least}`, met: value >= least };
}

function figures(taken: Record<'key' | 'page' | 'small' | 'deep' | 'whole' | 'any', number[]>): Result[] {
  const half = (name: keyof typeof taken) => percentile(taken[name], 0.5);
  const ratio = (name: string, value: number, goal: string, met: boolean): Result => ({
    name,
    value,
    unit: 'x',
    goal,
    met,
  });
  const page = half('page');
  const faster = half('any') / page;
  const growth = page / half('small');
  return [
    { name: 'inbox.page.p50', value: page, unit: 'ms', goal: '< 3', met: page < 3 },
    { name: 'inbox.page.p99', value: percentile(taken.page, 0.99), unit: 'ms' },
    ratio('inbox.vs.any', faster, '>= 15', faster >= 15),
    ratio('inbox.vs.small', growth, '<= 1.5', growth <= 1.5),
    { name: 'inbox.vs.key', value: page / half('key'), unit: 'x' },
    { name: 'inbox.deep.vs.first', value: half('deep') / page, unit: 'x' },
    { name: 'inbox.whole.p50', value: half('whole'), unit: 'ms' },
    { name: 'inbox.small.p50', value: half('small'), unit: 'ms' },
    { name: 'inbox.any.p50', value: half('any'), unit: 'ms' },
    { name: 'inbox.key.p50', value: half('key'), unit: 'ms' },
  ];
}
