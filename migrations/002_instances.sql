-- The state of every instance: a cache of the fold of its journal, rebuildable at any time.

create table instances (
  bucket int not null,
  id bigint not null,
  version int not null,
  hash bytea not null,
  release_id bigint not null,
  process text not null,
  business_key text,
  status text not null,
  started_at bigint not null,
  ended_at bigint,
  snapshot text not null,
  primary key (bucket, id)
) with (fillfactor = 70);

-- Only columns that never change are indexed, so that an update stays within its page.
-- Used by the list of instances of a process, newest first.
create index instances_by_process on instances (process, id);
-- Used to find an instance by its business key (its bucket is the hash of the key).
create index instances_by_business_key on instances (bucket, business_key) where business_key is not null;

-- Not every build of the server has lz4.
do $$
begin
  alter table instances alter column snapshot set compression lz4;
exception when feature_not_supported then
  null;
end
$$;

comment on table instances is 'Process instances: the newest state, a rebuildable cache of the journal';
comment on column instances.bucket is 'Bucket (0..4095), the low 12 bits of the key';
comment on column instances.id is 'Key of the instance';
comment on column instances.version is 'Number of commands taken = seq of the last journal row';
comment on column instances.hash is 'Hash of the last journal row';
comment on column instances.release_id is 'The release it is pinned to';
comment on column instances.process is 'BPMN id of the process';
comment on column instances.business_key is 'What it is about, from outside: a ticket number, an alert group';
comment on column instances.status is 'active, completed, terminated, failed or cancelled';
comment on column instances.started_at is 'ms since the epoch, UTC';
comment on column instances.ended_at is 'ms since the epoch, UTC; null while active';
comment on column instances.snapshot is 'The instance as JSON';
