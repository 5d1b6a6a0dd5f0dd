/**
 * A classic engine: one transaction per command on a row per execution, task, variable set, activity and job, seven to
 * ten statements each, with a lock on the execution. What they do is what the same case needs; no interpreter runs.
 */
import type { Database } from '../../server/db/database.ts';
import type { Sql } from '../../server/db/sql.ts';
import { RESULT, VARIABLES } from './case.ts';
import type { Contender } from './load.ts';

const TABLES = [
  'create table executions (id bigint primary key, process text, activity text, version int)',
  'create table task_rows (id bigint primary key, execution bigint, name text, assignee text, priority int, created timestamptz)',
  'create index on task_rows (execution)',
  'create index on task_rows (assignee)',
  'create table variable_rows (id bigint primary key, execution bigint, value text)',
  'create index on variable_rows (execution)',
  'create table job_rows (id bigint primary key, execution bigint, due timestamptz)',
  'create index on job_rows (execution)',
  'create index on job_rows (due)',
  'create table past_cases (id bigint primary key, process text, started timestamptz, ended timestamptz)',
  'create table past_activities (id bigint primary key, execution bigint, activity text, started timestamptz, ended timestamptz)',
  'create index on past_activities (execution)',
  'create table past_tasks (id bigint primary key, execution bigint, name text, assignee text, ended timestamptz)',
  'create index on past_tasks (execution)',
];

/** Connections, as many as a server of this size usually has. */
export const POOL = 16;

/** A case: its own id, and the ids of its two tasks, which their activities and variables share. */
interface Case {
  id: number;
  first: number;
  second: number;
}

/** Makes the tables in an empty database of their own. */
export async function classic(db: Database): Promise<Contender> {
  for (const statement of TABLES) await db.run(statement);
  const steps = [begin, completeFirst, completeSecond] as const;
  let ids = 0;
  return {
    caller() {
      let done = 0;
      let open: Case = { id: 0, first: 0, second: 0 };
      return () => {
        if (done % steps.length === 0) open = { id: (ids += 1), first: (ids += 1), second: (ids += 1) };
        const step = steps[done % steps.length] ?? begin;
        done += 1;
        const { ...now } = open;
        return db.transaction((tx) => step(tx, now));
      };
    },
  };
}

async function begin(tx: Sql, { id, first }: Case): Promise<void> {
  await tx.run('insert into past_cases (id, process, started) values ($1, $2, now())', [id, 'W3']);
  await tx.run('insert into executions (id, process, activity, version) values ($1, $2, $3, 1)', [id, 'W3', 'first']);
  await tx.run('insert into variable_rows (id, execution, value) values ($1, $1, $2)', [id, JSON.stringify(VARIABLES)]);
  await tx.run(
    'insert into past_activities (id, execution, activity, started, ended) values ($1, $1, $2, now(), now())',
    [id, 'start'],
  );
  await enter(tx, id, first, 'first');
  await tx.run("insert into job_rows (id, execution, due) values ($1, $1, now() + interval '1 hour')", [id]);
}

async function completeFirst(tx: Sql, { id, first, second }: Case): Promise<void> {
  await leave(tx, id, first, 'first');
  await tx.run('update executions set activity = $2, version = version + 1 where id = $1', [id, 'second']);
  await tx.run('delete from job_rows where execution = $1', [id]);
  await enter(tx, id, second, 'second');
}

async function completeSecond(tx: Sql, { id, second }: Case): Promise<void> {
  await leave(tx, id, second, 'second');
  await tx.run('delete from variable_rows where execution = $1', [id]);
  await tx.run('delete from executions where id = $1', [id]);
  await tx.run('update past_cases set ended = now() where id = $1', [id]);
}

async function enter(tx: Sql, id: number, task: number, name: string): Promise<void> {
  await tx.run('insert into task_rows (id, execution, name, priority, created) values ($1, $2, $3, 50, now())', [
    task,
    id,
    name,
  ]);
  await tx.run('insert into past_activities (id, execution, activity, started) values ($1, $2, $3, now())', [
    task,
    id,
    name,
  ]);
}

/** Loads what an engine needs to go on, takes over what the task brought, then ends the activity. */
async function leave(tx: Sql, id: number, task: number, name: string): Promise<void> {
  await tx.run('select id, process, activity, version from executions where id = $1 for update', [id]);
  await tx.run('select id, value from variable_rows where execution = $1', [id]);
  await tx.run('update variable_rows set value = $2 where id = $1', [id, JSON.stringify({ ...VARIABLES, ...RESULT })]);
  await tx.run('delete from task_rows where id = $1', [task]);
  await tx.run('update past_activities set ended = now() where id = $1', [task]);
  await tx.run('insert into past_tasks (id, execution, name, assignee, ended) values ($1, $2, $3, $4, now())', [
    task,
    id,
    name,
    'bench',
  ]);
}
