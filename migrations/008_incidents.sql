-- Open incidents: trouble of a model or of a worker that somebody has to resolve.

create table incidents (
  bucket int not null,
  instance_id bigint not null,
  id int not null,
  process text not null,
  element text not null,
  kind text not null,
  message text not null,
  raised_at bigint not null,
  primary key (bucket, instance_id, id)
);

-- Used by the list of incidents, oldest first.
create index incidents_by_time on incidents (raised_at, instance_id, id);

comment on table incidents is 'Open incidents';
comment on column incidents.bucket is 'Bucket of the instance';
comment on column incidents.instance_id is 'Key of the instance';
comment on column incidents.id is 'Counter within the instance';
comment on column incidents.process is 'BPMN id of the process of the instance';
comment on column incidents.element is 'BPMN id of the element that cannot go on';
comment on column incidents.kind is 'expression, no-flow, job, error, decision, timer, loop or call';
comment on column incidents.message is 'What was expected and what was found';
comment on column incidents.raised_at is 'ms since the epoch, UTC';
