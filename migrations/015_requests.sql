-- Requests that came with a key of their caller's: the same key is answered as the first time.

create table requests (
  bucket int not null,
  request_hash text not null,
  fingerprint text not null,
  instance_id bigint,
  seq int,
  answer text,
  expires_at bigint not null,
  primary key (bucket, request_hash)
);

-- Used to forget.
create index requests_by_expiry on requests (expires_at);

comment on table requests is 'Requests with an Idempotency-Key; written in the transaction of what they did, forgotten after a day';
comment on column requests.bucket is 'Hash of request_hash';
comment on column requests.request_hash is 'SHA-256, base64url, of the caller and the key';
comment on column requests.fingerprint is 'SHA-256, base64url, of what was asked: another request with this key is refused';
comment on column requests.instance_id is 'The instance that it moved; null when it moved none, or several';
comment on column requests.seq is 'The row of its journal';
comment on column requests.answer is 'What the journal does not say, JSON; null while a request about several instances is under way';
comment on column requests.expires_at is 'When it may be forgotten, ms since the epoch, UTC';
