-- A start event can have several timers, and a cycle goes by a calendar or by cron.

alter table start_timers add column definition int not null default 0;
alter table start_timers add column repeat jsonb;
update start_timers set repeat = jsonb_build_object('left', coalesce(remaining, -1), 'every', every)
where every is not null;
alter table start_timers drop column every;
alter table start_timers drop column remaining;
alter table start_timers drop constraint start_timers_pkey;
alter table start_timers add primary key (process, element, definition);

comment on column start_timers.definition is 'Which event definition of the start event, from 0';
comment on column start_timers.repeat is 'How it goes on (see Repeat in engine/instance.ts); null = once';
