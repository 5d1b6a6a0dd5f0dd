/** The least that emptying a queue of due rows can cost: a table like `timers` from which pages are deleted. */
import type { Database } from '../../server/db/database.ts';

/** As many as the worker fires together. */
const PAGE = 256;

export async function createPlain(db: Database): Promise<void> {
  await db.run('create table plain (like timers including all)');
  await db.run('insert into plain select * from timers');
  await db.run('vacuum (analyze) plain');
}

/** Puts so many rows in that are due. */
export async function fillPlain(db: Database, size: number, due: number): Promise<void> {
  await db.run(
    `insert into plain (bucket, instance_id, id, element, due_at)
     select n % 4096, n, $2::int, 'late', $3::bigint from generate_series(1, $1::int) n`,
    [size, Math.floor(performance.now()), due],
  );
}

/** Takes out what is due, page by page, one transaction each. */
export async function drainPlain(db: Database, now: number): Promise<void> {
  for (let taken = PAGE; taken === PAGE;) {
    const rows = await db.query(
      `delete from plain p using (
         select bucket, instance_id, id from plain where due_at <= $1 order by due_at, instance_id, id limit ${PAGE}) n
       where p.bucket = n.bucket and p.instance_id = n.instance_id and p.id = n.id
       returning p.instance_id, p.id, p.element, p.due_at`,
      [now],
    );
    taken = rows.length;
  }
}
