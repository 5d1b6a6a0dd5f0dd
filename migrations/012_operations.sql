-- The journal of administrative acts, beside the journals of instances. Append only.

create table operation_streams (
  bucket int not null,
  stream text not null,
  seq int not null,
  hash bytea not null,
  primary key (bucket, stream)
);

create table operations (
  bucket int not null,
  stream text not null,
  seq int not null,
  at bigint not null,
  actor text not null,
  action text not null,
  subject text not null,
  details text not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (bucket, stream, seq)
);

comment on table operation_streams is 'The last row of each stream of operations; its lock keeps the chain in order';
comment on column operation_streams.bucket is 'Hash of the stream';
comment on column operation_streams.stream is 'Name of the stream';
comment on column operation_streams.seq is 'Number of the last row';
comment on column operation_streams.hash is 'Hash of the last row';
comment on table operations is 'Administrative acts: deployments, permission changes, exports; append only, hash-chained per stream';
comment on column operations.bucket is 'Hash of the stream';
comment on column operations.stream is 'deployments, people, audit ...';
comment on column operations.seq is 'From 1 within the stream';
comment on column operations.at is 'ms since the epoch, UTC';
comment on column operations.actor is 'Who';
comment on column operations.action is 'What was done, past tense: ReleaseDeployed';
comment on column operations.subject is 'To what: a key or a login';
comment on column operations.details is 'Canonical JSON object';
comment on column operations.prev_hash is 'Hash of the row before it (32 zero bytes for the first)';
comment on column operations.hash is 'SHA-256(prev_hash || canonical JSON of the row)';
