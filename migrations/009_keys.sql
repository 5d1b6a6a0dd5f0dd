-- Things that are found by a value, and the numbers that people read.

create table keys (
  bucket int not null,
  kind text not null,
  value text not null,
  ref bigint not null,
  primary key (bucket, kind, value)
);

create table number_blocks (
  kind text primary key,
  next bigint not null
);

comment on table keys is 'Unique values of a kind and what they stand for: ticket numbers, alert groups, logins';
comment on column keys.bucket is 'Hash of kind and value';
comment on column keys.kind is 'What sort of value';
comment on column keys.value is 'The value, unique within its kind';
comment on column keys.ref is 'Key of what it stands for';
comment on table number_blocks is 'Numbers are handed out in blocks to server processes; gaps are allowed';
comment on column number_blocks.kind is 'What is numbered';
comment on column number_blocks.next is 'First number of the next block';
