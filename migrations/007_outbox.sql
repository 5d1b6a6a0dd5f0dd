-- Effects of instances on other instances, and what was done already.

create table outbox (
  bucket int not null,
  instance_id bigint not null,
  id int not null,
  kind text not null,
  name text not null,
  correlation_key text,
  variables text not null,
  ttl bigint not null,
  at bigint not null,
  primary key (bucket, instance_id, id)
);

-- Used by the outbox worker, oldest first.
create index outbox_by_time on outbox (at, instance_id, id);

create table dedup (
  bucket int not null,
  kind text not null,
  id text not null,
  expires_at bigint not null,
  primary key (bucket, kind, id)
);

-- Used to forget.
create index dedup_by_expiry on dedup (expires_at);

comment on table outbox is 'Messages and signals that an instance sent and that are not delivered yet';
comment on column outbox.bucket is 'Bucket of the sending instance';
comment on column outbox.instance_id is 'Key of the sending instance';
comment on column outbox.id is 'Counter within the sending instance';
comment on column outbox.kind is 'message or signal';
comment on column outbox.name is 'Name of the message or signal';
comment on column outbox.correlation_key is 'Of a message; null of a signal';
comment on column outbox.variables is 'JSON object';
comment on column outbox.ttl is 'How long a message waits for a receiver, ms';
comment on column outbox.at is 'When it was sent, ms since the epoch, UTC';
comment on table dedup is 'What was done already and must not be done again';
comment on column dedup.bucket is 'Hash of kind and id';
comment on column dedup.kind is 'message or signal';
comment on column dedup.id is 'The sender''s id of it';
comment on column dedup.expires_at is 'When it may be forgotten, ms since the epoch, UTC';
