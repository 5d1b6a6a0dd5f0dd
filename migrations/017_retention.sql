-- How long what has ended is kept, and what is kept nevertheless. Rules are few; holds are looked up by instance.

create table retention_rules (
  process text primary key,
  days int not null,
  set_at bigint not null,
  set_by text not null
);

create table legal_holds (
  bucket int not null,
  instance_id bigint not null,
  placed_at bigint not null,
  placed_by text not null,
  reason text not null,
  primary key (bucket, instance_id)
);

comment on table retention_rules is 'How long ended instances of a process are kept; without a rule for ever';
comment on column retention_rules.process is 'BPMN id of the process';
comment on column retention_rules.days is 'Days after the end';
comment on column retention_rules.set_at is 'ms since the epoch, UTC';
comment on column retention_rules.set_by is 'Who decided so';
comment on table legal_holds is 'Instances that no rule removes';
comment on column legal_holds.bucket is 'Bucket of the instance';
comment on column legal_holds.instance_id is 'Key of the instance';
comment on column legal_holds.placed_at is 'ms since the epoch, UTC';
comment on column legal_holds.placed_by is 'Who wants it kept';
comment on column legal_holds.reason is 'Why';
