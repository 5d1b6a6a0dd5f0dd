-- Open user tasks: a projection of the journal, written in the same transaction.

create table tasks (
  bucket int not null,
  instance_id bigint not null,
  id int not null,
  process text not null,
  element text not null,
  group_id text,
  assignee text,
  due_at bigint,
  follow_up_at bigint,
  priority int not null,
  form text,
  created_at bigint not null,
  primary key (bucket, instance_id, id)
);

create table task_candidates (
  bucket int not null,
  instance_id bigint not null,
  task_id int not null,
  kind text not null,
  candidate text not null,
  due_at bigint,
  primary key (bucket, instance_id, task_id, kind, candidate)
);

-- Used by the inbox of a group: what nobody has taken yet, by due time; keyset paging.
create index tasks_of_group on tasks (group_id, coalesce(due_at, 9223372036854775807), instance_id, id) where assignee is null;
-- Used by the inbox of a person, by due time; keyset paging.
create index tasks_of_assignee on tasks (assignee, coalesce(due_at, 9223372036854775807), instance_id, id) where assignee is not null;
-- Used by the inbox of a group or person that is not the first candidate.
create index task_candidates_by_candidate on task_candidates (kind, candidate, coalesce(due_at, 9223372036854775807), instance_id, task_id);

comment on table tasks is 'Open user tasks';
comment on column tasks.bucket is 'Bucket of the instance';
comment on column tasks.instance_id is 'Key of the instance';
comment on column tasks.id is 'Counter within the instance; outside the task is named instance key + six digits';
comment on column tasks.process is 'BPMN id of the process of the instance';
comment on column tasks.element is 'BPMN id of the user task';
comment on column tasks.group_id is 'First candidate group; further candidates are in task_candidates';
comment on column tasks.assignee is 'Login of who has it; null while it is offered';
comment on column tasks.due_at is 'ms since the epoch, UTC; null = no due date';
comment on column tasks.follow_up_at is 'ms since the epoch, UTC; null = none';
comment on column tasks.priority is '0..100, 50 unless the diagram says otherwise';
comment on column tasks.form is 'Id of its form; null = none';
comment on column tasks.created_at is 'ms since the epoch, UTC';
comment on table task_candidates is 'Candidates of open user tasks beyond the first group: rare, so that most tasks are one row';
comment on column task_candidates.bucket is 'Bucket of the instance';
comment on column task_candidates.instance_id is 'Key of the instance';
comment on column task_candidates.task_id is 'Counter of the task within the instance';
comment on column task_candidates.kind is 'group or user';
comment on column task_candidates.candidate is 'Group id or login';
comment on column task_candidates.due_at is 'Due date of the task, for the order of the inbox';
