-- Histories of instances that ended long ago, by the month of their end: partitions are made by the retention job, and
-- dropped whole when nothing in them has to be kept.

create table journal_archive (
  bucket int not null,
  instance_id bigint not null,
  seq int not null,
  at bigint not null,
  actor text not null,
  command text not null,
  events text not null,
  engine text not null,
  prev_hash bytea not null,
  hash bytea not null,
  ended_at bigint not null,
  process text not null,
  primary key (bucket, instance_id, seq, ended_at)
) partition by range (ended_at);

-- Used by the retention job: which instances a month holds, per process.
create index journal_archive_by_process on journal_archive (process, bucket, instance_id) where seq = 1;

comment on table journal_archive is 'Journal rows of instances that ended long ago, moved here by the retention job';
comment on column journal_archive.bucket is 'Bucket of the instance';
comment on column journal_archive.instance_id is 'Key of the instance';
comment on column journal_archive.seq is 'Number of the command within the instance, from 1';
comment on column journal_archive.at is 'When, ms since the epoch, UTC';
comment on column journal_archive.actor is 'Who';
comment on column journal_archive.command is 'The command, canonical JSON';
comment on column journal_archive.events is 'The events it caused, one canonical JSON array';
comment on column journal_archive.engine is 'Version of the engine that executed it';
comment on column journal_archive.prev_hash is 'Hash of the row before it (32 zero bytes for the first)';
comment on column journal_archive.hash is 'SHA-256(prev_hash || canonical JSON of the row)';
comment on column journal_archive.ended_at is 'When the instance ended, ms since the epoch, UTC; decides the partition';
comment on column journal_archive.process is 'BPMN id of the process of the instance';
