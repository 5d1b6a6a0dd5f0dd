-- A step writes in one bucket. What it does to rows that are found by a value is carried out in their bucket afterwards,
-- or they lie with the instance.

-- It is noted who gets a message before the receiver takes it, in another bucket.
alter table buffered_messages add column handing_over boolean not null default false;
alter table buffered_messages add column receiver_instance_id bigint;
alter table buffered_messages add column receiver_id int;
alter table buffered_messages add column receiver_nonce text;
alter table buffered_messages add column request_hash text;
-- Used to go on with what was interrupted.
create index buffered_messages_handed_over on buffered_messages (id) where handing_over;

-- A signal is for all who wait for it, wherever they are.
create index signal_subscriptions_by_name on signal_subscriptions (name, instance_id);
insert into signal_subscriptions (bucket, name, instance_id, id)
select (instance_id & 4095)::int, name, instance_id, id from signal_subscriptions
where bucket <> (instance_id & 4095)
on conflict do nothing;
delete from signal_subscriptions where bucket <> (instance_id & 4095);

-- A ticket number lies where its instance is.
lock table keys in exclusive mode;
insert into keys (bucket, kind, value, ref)
select (ref & 4095)::int, kind, value, ref from keys where kind = 'ticket' and bucket <> (ref & 4095)
on conflict do nothing;
delete from keys where kind = 'ticket' and bucket <> (ref & 4095);

comment on column buffered_messages.handing_over is 'Somebody is looking for its receiver, or giving it to one, or was interrupted. Only where a transaction keeps to one bucket';
comment on column buffered_messages.receiver_instance_id is 'Key of the instance that gets it, or begins by it; null = not known yet';
comment on column buffered_messages.receiver_id is 'Counter of the subscription within that instance; null = the message starts it';
comment on column buffered_messages.receiver_nonce is 'Drawn when the receiver was noted: it remembers by this what it took, or refused';
comment on column buffered_messages.request_hash is 'The row of requests that tells what became of it; null = none';
comment on column signal_subscriptions.bucket is 'Bucket of the instance';
comment on column keys.bucket is 'Hash of kind and value, or the bucket of the instance where the value is its business key';
comment on table outbox is 'What instances do to others and that is not carried out yet';
comment on column outbox.kind is 'message or signal; subscribe or unsubscribe: a row of message_subscriptions, where a transaction keeps to one bucket';
comment on column dedup.bucket is 'That of whatever it is done to, so that both are of one transaction';
comment on column dedup.kind is 'message, outbox, signal, conditional, start-timer or subscription';
comment on column requests.bucket is 'Hash of request_hash; where a transaction keeps to one bucket, that of what it moves, or the former with nothing but the fingerprint';
comment on table requests is 'Requests with an Idempotency-Key, and what receivers took, by what they moved; forgotten after a day or more';
comment on column requests.answer is 'What the journal does not say, JSON; null while nothing is known and seq is null';
