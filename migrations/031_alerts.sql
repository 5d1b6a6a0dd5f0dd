-- Groups of alerts as Alertmanager sends them, one open ticket per group. Instants are ms since the epoch, UTC.
create table alert_groups (
  -- from the group key
  bucket int not null,
  -- SHA-256, hex, of the group key (which has no bounded length)
  group_id text not null,
  group_key text not null,
  -- number of the latest ticket, null before the first
  ticket text,
  -- how often all its alerts were over
  resolutions int not null,
  -- whether the process was told (or is about to be) that all are over
  announced boolean not null,
  -- what is decided and not yet carried out, a JSON array
  pending text not null,
  primary key (bucket, group_id)
);

-- One alert of a group.
create table alerts (
  bucket int not null,
  group_id text not null,
  fingerprint text not null,
  -- firing or resolved
  status text not null,
  -- JSON objects
  labels text not null,
  annotations text not null,
  starts_at bigint not null,
  -- null while it fires
  ends_at bigint,
  first_seen bigint not null,
  last_seen bigint not null,
  -- how often it was delivered, repetitions included
  deliveries int not null,
  -- how often it began to fire
  firings int not null,
  primary key (bucket, group_id, fingerprint)
);

alter table alerts add constraint alerts_group foreign key (bucket, group_id) references alert_groups (bucket, group_id);
