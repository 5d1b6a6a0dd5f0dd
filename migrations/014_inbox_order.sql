-- What the inbox is sorted by stands in each task, so that a page is read from an index: nothing is joined or sorted.

alter table tasks add column next_due_at bigint not null default 8640000000000000;
alter table task_candidates add column next_due_at bigint not null default 8640000000000000;

-- In a new database the tickets come in a later migration: then there is nothing to fill in.
do $$
begin
  if to_regclass('tickets') is null then
    return;
  end if;
  update tasks t set next_due_at = least(coalesce(t.due_at, 8640000000000000),
    coalesce((select k.due_at from tickets k where k.bucket = t.bucket and k.instance_id = t.instance_id), 8640000000000000));
  update task_candidates c set next_due_at = t.next_due_at
  from tasks t where t.bucket = c.bucket and t.instance_id = c.instance_id and t.id = c.task_id;
end
$$;

drop index tasks_of_group;
drop index tasks_of_assignee;
drop index task_candidates_by_candidate;
-- Used by the inbox of a group: what nobody has taken yet, by what breaches next; keyset paging, counts.
create index tasks_of_group on tasks (group_id, next_due_at, instance_id, id) where assignee is null;
-- Used by the inbox of a person, by what breaches next; keyset paging, counts.
create index tasks_of_assignee on tasks (assignee, next_due_at, instance_id, id) where assignee is not null;
-- Used by the inbox of a group or person that is not the first candidate.
create index task_candidates_by_candidate on task_candidates (kind, candidate, next_due_at, instance_id, task_id);

comment on column tasks.next_due_at is 'The earlier of its due date and the next breach of its ticket, ms since the epoch, UTC; 8640000000000000 = neither';
comment on column task_candidates.next_due_at is 'next_due_at of the task';
comment on column task_candidates.due_at is 'No longer written';
