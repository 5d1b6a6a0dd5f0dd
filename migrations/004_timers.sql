-- Armed timers: polled without lock; firing deletes the row in the step's own transaction.

create table timers (
  bucket int not null,
  instance_id bigint not null,
  id int not null,
  element text not null,
  due_at bigint not null,
  primary key (bucket, instance_id, id)
);

-- Used by the timer worker.
create index timers_by_due on timers (due_at, instance_id, id);

comment on table timers is 'Armed timers of instances';
comment on column timers.bucket is 'Bucket of the instance';
comment on column timers.instance_id is 'Key of the instance';
comment on column timers.id is 'Counter within the instance';
comment on column timers.element is 'BPMN id of the timer event';
comment on column timers.due_at is 'When it fires, ms since the epoch, UTC';
