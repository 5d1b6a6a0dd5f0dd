-- Work that only one server process does at a time.

create table leases (
  bucket int not null,
  name text not null,
  owner text not null,
  fence bigint not null,
  until bigint not null,
  primary key (bucket, name)
);

comment on table leases is 'Who does a piece of work that must be done by one process only';
comment on column leases.bucket is 'Hash of the name';
comment on column leases.name is 'The work';
comment on column leases.owner is 'The process that has it';
comment on column leases.fence is 'Grows with each new owner; a write with an older one is refused';
comment on column leases.until is 'ms since the epoch, UTC';
