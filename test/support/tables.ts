/** The tables beside the journal, as lines of text: what the instances say and what is there. */
import type { Instance } from '../../engine/index.ts';
import type { Sql } from '../../server/db/sql.ts';

/** The rows that an instance should have. */
export function rowsOf({ id, tokens, timers, messages, signals, incidents }: Instance): string[] {
  return [
    ...tokens.flatMap((it) => (it.task ? [`task ${id} ${it.id} ${it.element} ${it.task.assignee ?? '-'}`] : [])),
    ...tokens.flatMap((it) => (it.job ? [`job ${id} ${it.id} ${it.element} ${it.job.type} ${it.job.retries}`] : [])),
    ...timers.map((it) => `timer ${id} ${it.id} ${it.element} ${it.due}`),
    ...messages.map((it) => `message ${id} ${it.id} ${it.name} ${it.key}`),
    ...signals.map((it) => `signal ${id} ${it.id} ${it.name}`),
    ...incidents.map((it) => `incident ${id} ${it.id} ${it.element} ${it.kind}`),
  ];
}

/** The rows of all instances. */
export async function rowsIn(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ line: string }>(
    `select concat_ws(' ', 'task', instance_id, id, element, coalesce(assignee, '-')) as line from tasks
     union all select concat_ws(' ', 'job', instance_id, id, element, type, retries) from jobs
     union all select concat_ws(' ', 'timer', instance_id, id, element, due_at) from timers
     union all select concat_ws(' ', 'message', instance_id, id, name, correlation_key) from message_subscriptions
     union all select concat_ws(' ', 'signal', instance_id, id, name) from signal_subscriptions
     union all select concat_ws(' ', 'incident', instance_id, id, element, kind) from incidents`,
  );
  return rows.map(({ line }) => line);
}
