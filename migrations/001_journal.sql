-- The history of every instance: one row per command. Append only.

create table journal (
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
  primary key (bucket, instance_id, seq)
);

comment on table journal is 'What happened to each instance: one row per command, append only; the primary key is the optimistic lock';
comment on column journal.bucket is 'Bucket of the instance (0..4095), the low 12 bits of its key';
comment on column journal.instance_id is 'Key of the instance';
comment on column journal.seq is 'Number of the command within the instance, from 1 = version of the instance after it';
comment on column journal.at is 'When, ms since the epoch, UTC';
comment on column journal.actor is 'Who: user:LOGIN, client:TOKEN, timer, job:TYPE, intake:CHANNEL, system';
comment on column journal.command is 'The command, canonical JSON';
comment on column journal.events is 'The events it caused, in order, one canonical JSON array';
comment on column journal.engine is 'Version of the engine that executed it';
comment on column journal.prev_hash is 'Hash of the row before it (32 zero bytes for the first)';
comment on column journal.hash is 'SHA-256(prev_hash || canonical JSON of the row)';
