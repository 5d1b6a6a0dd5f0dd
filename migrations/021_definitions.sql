-- What deployed files define, each with the key by which programs name it. Reference table: small, rarely written.

create table definitions (
  key bigint primary key,
  kind text not null,
  id text not null,
  version int not null,
  name text not null,
  version_tag text,
  resource_kind text not null,
  resource_id text not null,
  resource_version int not null,
  unique (kind, id, version),
  -- Used to find what the files of a release define.
  unique (resource_kind, resource_id, resource_version, kind, id),
  foreign key (resource_kind, resource_id, resource_version) references resources (kind, id, version)
);

comment on table definitions is 'Processes, decisions and forms in the versions of deployed files; immutable as they are';
comment on column definitions.key is 'Key, drawn when the file was deployed';
comment on column definitions.kind is 'process, decision, requirements (a whole decision file) or form';
comment on column definitions.id is 'Id in the file';
comment on column definitions.version is 'From 1, counted per kind and id';
comment on column definitions.name is 'Name in the file; empty = none';
comment on column definitions.version_tag is 'Version tag in the file; null = none';
comment on column definitions.resource_kind is 'Kind of the file';
comment on column definitions.resource_id is 'Id of the file';
comment on column definitions.resource_version is 'Version of the file';
