-- What the world has to do for an instance.

create table jobs (
  bucket int not null,
  instance_id bigint not null,
  id int not null,
  process text not null,
  element text not null,
  type text not null,
  headers text not null,
  retries int not null,
  due_at bigint,
  attempts int not null default 0,
  lease_owner text,
  lease_until bigint,
  created_at bigint not null,
  primary key (bucket, instance_id, id)
);

-- Used by the job worker: what is due, per type.
create index jobs_by_due on jobs (type, due_at, instance_id, id) where due_at is not null;

comment on table jobs is 'Open jobs of service tasks';
comment on column jobs.bucket is 'Bucket of the instance';
comment on column jobs.instance_id is 'Key of the instance';
comment on column jobs.id is 'Counter within the instance; with the instance key it is the idempotency key of outside effects';
comment on column jobs.process is 'BPMN id of the process of the instance';
comment on column jobs.element is 'BPMN id of the service task';
comment on column jobs.type is 'Which handler or worker does it';
comment on column jobs.headers is 'Task headers of the diagram, JSON object of texts';
comment on column jobs.retries is 'Attempts left; 0 = an incident is open';
comment on column jobs.due_at is 'When to try (again), ms since the epoch, UTC; null = waits for its incident';
comment on column jobs.attempts is 'How often it was tried';
comment on column jobs.lease_owner is 'Who works on it now; only jobs with outside effects are leased';
comment on column jobs.lease_until is 'Until when, ms since the epoch, UTC';
comment on column jobs.created_at is 'ms since the epoch, UTC';
