-- What a case takes on disk, and what its statements read and write.

-- Both tasks of a short case fit beside its first state, so that updates stay within the page also when all of its rows
-- are moved by one batch.
alter table instances set (fillfactor = 50);

-- A task that nobody is offered is in no inbox.
drop index tasks_of_group;
-- Used by the inbox of a group: what nobody has taken yet, by what breaches next; keyset paging, counts.
create index tasks_of_group on tasks (group_id, next_due_at, instance_id, id) where assignee is null and group_id is not null;

-- Rows of work live for minutes: what is dead is cleared away long before a fifth of the table is.
alter table tasks set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
alter table timers set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
alter table jobs set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
alter table message_subscriptions set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

comment on column journal.command is 'The command as JSON, without at and actor, and of a Start without what its first event says (older rows: canonical JSON, whole)';
comment on column journal.events is 'The events it caused, in order, as a JSON array: usual ones as arrays [shape, members...], see server/db/packed-step.ts (older rows: canonical JSON)';
comment on column journal.hash is 'SHA-256(prev_hash || canonical JSON of the row, with command and events as canonical JSON)';
comment on column journal_archive.command is 'The command as in journal';
comment on column journal_archive.events is 'The events it caused as in journal';
comment on column journal_archive.hash is 'As in journal';
comment on column instances.snapshot is 'The instance as JSON, without what other columns say and without empty lists';
