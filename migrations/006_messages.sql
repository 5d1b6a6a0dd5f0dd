-- Who waits for which message or signal, and messages that nobody waited for yet.

create table message_subscriptions (
  bucket int not null,
  name text not null,
  correlation_key text not null,
  instance_id bigint not null,
  id int not null,
  primary key (bucket, name, correlation_key, instance_id, id)
);

create table signal_subscriptions (
  bucket int not null,
  name text not null,
  instance_id bigint not null,
  id int not null,
  primary key (bucket, name, instance_id, id)
);

create table buffered_messages (
  bucket int not null,
  name text not null,
  correlation_key text not null,
  id bigint not null,
  variables text not null,
  message_id text,
  actor text not null,
  expires_at bigint not null,
  primary key (bucket, name, correlation_key, id)
);

-- Used to drop what nobody waited for in time.
create index buffered_messages_by_expiry on buffered_messages (expires_at);

comment on table message_subscriptions is 'Instances that wait for a message';
comment on column message_subscriptions.bucket is 'Bucket of the message: hash of name and correlation key';
comment on column message_subscriptions.name is 'Name of the message';
comment on column message_subscriptions.correlation_key is 'Value that the message has to carry';
comment on column message_subscriptions.instance_id is 'Key of the waiting instance';
comment on column message_subscriptions.id is 'Counter of the subscription within the instance';
comment on table signal_subscriptions is 'Instances that wait for a signal';
comment on column signal_subscriptions.bucket is 'Bucket of the signal: hash of its name';
comment on column signal_subscriptions.name is 'Name of the signal';
comment on column signal_subscriptions.instance_id is 'Key of the waiting instance';
comment on column signal_subscriptions.id is 'Counter of the subscription within the instance';
comment on table buffered_messages is 'Messages that nobody waited for yet';
comment on column buffered_messages.bucket is 'Bucket of the message: hash of name and correlation key';
comment on column buffered_messages.name is 'Name of the message';
comment on column buffered_messages.correlation_key is 'Value that the subscription has to ask for';
comment on column buffered_messages.id is 'Key of the message';
comment on column buffered_messages.variables is 'JSON object';
comment on column buffered_messages.message_id is 'The sender''s own id; null = none';
comment on column buffered_messages.actor is 'Who sent it';
comment on column buffered_messages.expires_at is 'Until when it waits, ms since the epoch, UTC';
