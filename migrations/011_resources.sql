-- Diagrams, decision tables and forms, and the releases that they make up. Reference tables: small, rarely written.

create table resources (
  kind text not null,
  id text not null,
  version int not null,
  sha256 bytea not null,
  name text not null,
  content text not null,
  created_at bigint not null,
  created_by text not null,
  primary key (kind, id, version),
  unique (kind, id, sha256)
);

create table releases (
  number int primary key,
  id bigint not null unique,
  at bigint not null,
  actor text not null,
  note text not null
);

create table release_resources (
  release_id bigint not null references releases (id),
  kind text not null,
  id text not null,
  version int not null,
  primary key (release_id, kind, id),
  foreign key (kind, id, version) references resources (kind, id, version)
);

create table start_timers (
  process text not null,
  element text not null,
  due_at bigint not null,
  every text,
  remaining int,
  primary key (process, element)
);

-- Used by the timer worker.
create index start_timers_by_due on start_timers (due_at);

comment on table resources is 'Immutable versions of deployed files; the same bytes are the same version';
comment on column resources.kind is 'process, decision or form';
comment on column resources.id is 'Id of the process, of the decision model or of the form';
comment on column resources.version is 'From 1';
comment on column resources.sha256 is 'Of the content as UTF-8';
comment on column resources.name is 'File name';
comment on column resources.content is 'The file';
comment on column resources.created_at is 'ms since the epoch, UTC';
comment on column resources.created_by is 'Who deployed it';
comment on table releases is 'One deployment each: the set of resource versions that was current after it';
comment on column releases.number is 'From 1, without gaps; the largest is the newest';
comment on column releases.id is 'Key, to which instances are pinned';
comment on column releases.at is 'ms since the epoch, UTC';
comment on column releases.actor is 'Who deployed';
comment on column releases.note is 'Why, in the words of who deployed';
comment on table release_resources is 'The resource versions of a release';
comment on column release_resources.release_id is 'Key of the release';
comment on column release_resources.kind is 'Kind of the resource';
comment on column release_resources.id is 'Id of the resource';
comment on column release_resources.version is 'Version of the resource';
comment on table start_timers is 'Timer start events of the newest release';
comment on column start_timers.process is 'BPMN id of the process';
comment on column start_timers.element is 'BPMN id of the timer start event';
comment on column start_timers.due_at is 'Next start, ms since the epoch, UTC';
comment on column start_timers.every is 'ISO 8601 period of a cycle; null = once';
comment on column start_timers.remaining is 'Starts left after the next one; null = no end';
