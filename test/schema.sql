create table alert_groups (
  bucket integer not null,
  group_id text not null,
  group_key text not null,
  ticket text,
  resolutions integer not null,
  announced boolean not null,
  pending text not null,
  PRIMARY KEY (bucket, group_id)
);

create table alerts (
  bucket integer not null,
  group_id text not null,
  fingerprint text not null,
  status text not null,
  labels text not null,
  annotations text not null,
  starts_at bigint not null,
  ends_at bigint,
  first_seen bigint not null,
  last_seen bigint not null,
  deliveries integer not null,
  firings integer not null,
  FOREIGN KEY (bucket, group_id) REFERENCES alert_groups(bucket, group_id),
  PRIMARY KEY (bucket, group_id, fingerprint)
);

create table api_tokens (
  id text not null,
  token_hash text not null,
  name text not null,
  scopes text[] not null,
  created_by text not null,
  created_at bigint not null,
  revoked_at bigint,
  PRIMARY KEY (id),
  UNIQUE (token_hash)
);

create table buffered_messages (
  bucket integer not null,
  name text not null,
  correlation_key text not null,
  id bigint not null,
  variables text not null,
  message_id text,
  actor text not null,
  expires_at bigint not null,
  handing_over boolean not null default false,
  receiver_instance_id bigint,
  receiver_id integer,
  receiver_nonce text,
  request_hash text,
  PRIMARY KEY (bucket, name, correlation_key, id)
);
CREATE INDEX buffered_messages_by_expiry ON public.buffered_messages USING btree (expires_at);
CREATE INDEX buffered_messages_handed_over ON public.buffered_messages USING btree (id) WHERE handing_over;

create table dedup (
  bucket integer not null,
  kind text not null,
  id text not null,
  expires_at bigint not null,
  PRIMARY KEY (bucket, kind, id)
);
CREATE INDEX dedup_by_expiry ON public.dedup USING btree (expires_at);

create table definitions (
  key bigint not null,
  kind text not null,
  id text not null,
  version integer not null,
  name text not null,
  version_tag text,
  resource_kind text not null,
  resource_id text not null,
  resource_version integer not null,
  FOREIGN KEY (resource_kind, resource_id, resource_version) REFERENCES resources(kind, id, version),
  PRIMARY KEY (key),
  UNIQUE (kind, id, version),
  UNIQUE (resource_kind, resource_id, resource_version, kind, id)
);

create table filed_requests (
  bucket integer not null,
  once_hash text not null,
  number text not null,
  filed_at bigint not null,
  fingerprint text,
  PRIMARY KEY (bucket, once_hash)
);

create table incidents (
  bucket integer not null,
  instance_id bigint not null,
  id integer not null,
  process text not null,
  element text not null,
  kind text not null,
  message text not null,
  raised_at bigint not null,
  PRIMARY KEY (bucket, instance_id, id)
);
CREATE INDEX incidents_by_time ON public.incidents USING btree (raised_at, instance_id, id);

create table instances (
  bucket integer not null,
  id bigint not null,
  version integer not null,
  hash bytea not null,
  release_id bigint not null,
  process text not null,
  business_key text,
  status text not null,
  started_at bigint not null,
  ended_at bigint,
  snapshot text not null,
  PRIMARY KEY (bucket, id)
) with (fillfactor=50);
CREATE INDEX instances_by_business_key ON public.instances USING btree (bucket, business_key) WHERE (business_key IS NOT NULL);
CREATE INDEX instances_by_process ON public.instances USING btree (process, id);

create table jobs (
  bucket integer not null,
  instance_id bigint not null,
  id integer not null,
  process text not null,
  element text not null,
  type text not null,
  headers text not null,
  retries integer not null,
  due_at bigint,
  attempts integer not null default 0,
  lease_owner text,
  lease_until bigint,
  created_at bigint not null,
  PRIMARY KEY (bucket, instance_id, id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX jobs_by_due ON public.jobs USING btree (type, due_at, instance_id, id) WHERE (due_at IS NOT NULL);

create table journal (
  bucket integer not null,
  instance_id bigint not null,
  seq integer not null,
  at bigint not null,
  actor text not null,
  command text not null,
  events text not null,
  engine text not null,
  prev_hash bytea not null,
  hash bytea not null,
  PRIMARY KEY (bucket, instance_id, seq)
);

create table journal_archive (
  bucket integer not null,
  instance_id bigint not null,
  seq integer not null,
  at bigint not null,
  actor text not null,
  command text not null,
  events text not null,
  engine text not null,
  prev_hash bytea not null,
  hash bytea not null,
  ended_at bigint not null,
  process text not null,
  PRIMARY KEY (bucket, instance_id, seq, ended_at)
) partition by RANGE (ended_at);
CREATE INDEX journal_archive_by_process ON ONLY public.journal_archive USING btree (process, bucket, instance_id) WHERE (seq = 1);

create table keys (
  bucket integer not null,
  kind text not null,
  value text not null,
  ref bigint not null,
  PRIMARY KEY (bucket, kind, value)
);

create table leases (
  bucket integer not null,
  name text not null,
  owner text not null,
  fence bigint not null,
  until bigint not null,
  PRIMARY KEY (bucket, name)
);

create table legal_holds (
  bucket integer not null,
  instance_id bigint not null,
  placed_at bigint not null,
  placed_by text not null,
  reason text not null,
  PRIMARY KEY (bucket, instance_id)
);

create table message_subscriptions (
  bucket integer not null,
  name text not null,
  correlation_key text not null,
  instance_id bigint not null,
  id integer not null,
  PRIMARY KEY (bucket, name, correlation_key, instance_id, id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);

create table migrations (
  name text not null,
  sha256 text not null,
  ran_at timestamp with time zone not null default now(),
  PRIMARY KEY (name)
);

create table number_blocks (
  kind text not null,
  next bigint not null,
  PRIMARY KEY (kind)
);

create table operation_streams (
  bucket integer not null,
  stream text not null,
  seq integer not null,
  hash bytea not null,
  PRIMARY KEY (bucket, stream)
);

create table operations (
  bucket integer not null,
  stream text not null,
  seq integer not null,
  at bigint not null,
  actor text not null,
  action text not null,
  subject text not null,
  details text not null,
  prev_hash bytea not null,
  hash bytea not null,
  PRIMARY KEY (bucket, stream, seq)
);

create table outbox (
  bucket integer not null,
  instance_id bigint not null,
  id integer not null,
  kind text not null,
  name text not null,
  correlation_key text,
  variables text not null,
  ttl bigint not null,
  at bigint not null,
  PRIMARY KEY (bucket, instance_id, id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX outbox_by_time ON public.outbox USING btree (at, instance_id, id);

create table release_resources (
  release_id bigint not null,
  kind text not null,
  id text not null,
  version integer not null,
  FOREIGN KEY (kind, id, version) REFERENCES resources(kind, id, version),
  FOREIGN KEY (release_id) REFERENCES releases(id),
  PRIMARY KEY (release_id, kind, id)
);

create table releases (
  number integer not null,
  id bigint not null,
  at bigint not null,
  actor text not null,
  note text not null,
  PRIMARY KEY (number),
  UNIQUE (id)
);

create table requests (
  bucket integer not null,
  request_hash text not null,
  fingerprint text not null,
  instance_id bigint,
  seq integer,
  answer text,
  expires_at bigint not null,
  PRIMARY KEY (bucket, request_hash)
);
CREATE INDEX requests_by_expiry ON public.requests USING btree (expires_at);

create table resources (
  kind text not null,
  id text not null,
  version integer not null,
  sha256 bytea not null,
  name text not null,
  content text not null,
  created_at bigint not null,
  created_by text not null,
  PRIMARY KEY (kind, id, version),
  UNIQUE (kind, id, sha256)
);

create table retention_rules (
  process text not null,
  days integer not null,
  set_at bigint not null,
  set_by text not null,
  PRIMARY KEY (process)
);

create table sessions (
  token_hash text not null,
  id text not null,
  login text not null,
  user_agent text not null,
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  FOREIGN KEY (login) REFERENCES users(login) ON DELETE CASCADE,
  PRIMARY KEY (token_hash),
  UNIQUE (id)
);
CREATE INDEX sessions_login ON public.sessions USING btree (login);

create table signal_subscriptions (
  bucket integer not null,
  name text not null,
  instance_id bigint not null,
  id integer not null,
  PRIMARY KEY (bucket, name, instance_id, id)
);
CREATE INDEX signal_subscriptions_by_name ON public.signal_subscriptions USING btree (name, instance_id);

create table start_timers (
  process text not null,
  element text not null,
  due_at bigint not null,
  definition integer not null default 0,
  repeat jsonb,
  PRIMARY KEY (process, element, definition)
);
CREATE INDEX start_timers_by_due ON public.start_timers USING btree (due_at);

create table support_groups (
  id text not null,
  name text not null,
  name_zh text not null,
  tier text,
  PRIMARY KEY (id)
);

create table task_candidates (
  bucket integer not null,
  instance_id bigint not null,
  task_id integer not null,
  kind text not null,
  candidate text not null,
  next_due_at bigint not null default '8640000000000000'::bigint,
  PRIMARY KEY (bucket, instance_id, task_id, kind, candidate)
);
CREATE INDEX task_candidates_by_candidate ON public.task_candidates USING btree (kind, candidate, next_due_at, instance_id, task_id);

create table tasks (
  bucket integer not null,
  instance_id bigint not null,
  id integer not null,
  process text not null,
  element text not null,
  group_id text,
  assignee text,
  due_at bigint,
  follow_up_at bigint,
  priority integer not null,
  form text,
  created_at bigint not null,
  next_due_at bigint not null default '8640000000000000'::bigint,
  PRIMARY KEY (bucket, instance_id, id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX tasks_of_assignee ON public.tasks USING btree (assignee, next_due_at, instance_id, id) WHERE (assignee IS NOT NULL);
CREATE INDEX tasks_of_group ON public.tasks USING btree (group_id, next_due_at, instance_id, id) WHERE ((assignee IS NULL) AND (group_id IS NOT NULL));

create table ticket_notes (
  bucket integer not null,
  instance_id bigint not null,
  id integer not null,
  at bigint not null,
  actor text not null,
  audience text not null,
  body text not null,
  told text[] not null,
  PRIMARY KEY (bucket, instance_id, id)
);

create table tickets (
  bucket integer not null,
  instance_id bigint not null,
  number text not null,
  state text not null,
  title text not null,
  description text not null,
  channel text not null,
  client text not null,
  requester text not null,
  requester_name text not null,
  contact text not null,
  locale text not null,
  service text not null,
  type text not null,
  category text not null,
  priority text not null,
  impact text not null,
  urgency text not null,
  group_id text not null,
  tier text not null,
  assignee text,
  group_since bigint not null,
  question text not null,
  answer text not null,
  solution text not null,
  rating integer,
  rating_comment text not null,
  follows text not null,
  awaits text[] not null,
  clocks text not null,
  due_at bigint not null,
  access_hash text not null,
  created_at bigint not null,
  updated_at bigint not null,
  ended_at bigint,
  words tsvector not null,
  PRIMARY KEY (bucket, instance_id)
);
CREATE INDEX tickets_assignee ON public.tickets USING btree (assignee, due_at, instance_id) WHERE ((ended_at IS NULL) AND (assignee IS NOT NULL));
CREATE INDEX tickets_by_number ON public.tickets USING btree (bucket, number, instance_id);
CREATE INDEX tickets_client ON public.tickets USING btree (client, instance_id DESC) WHERE (client <> ''::text);
CREATE INDEX tickets_due ON public.tickets USING btree (due_at, instance_id) WHERE (ended_at IS NULL);
CREATE INDEX tickets_group ON public.tickets USING btree (group_id, due_at, instance_id) WHERE (ended_at IS NULL);
CREATE INDEX tickets_requester ON public.tickets USING btree (requester, created_at DESC, instance_id DESC) WHERE (requester <> ''::text);
CREATE INDEX tickets_updated ON public.tickets USING btree (updated_at DESC, instance_id DESC);
CREATE INDEX tickets_words ON public.tickets USING gin (words);

create table timers (
  bucket integer not null,
  instance_id bigint not null,
  id integer not null,
  element text not null,
  due_at bigint not null,
  PRIMARY KEY (bucket, instance_id, id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX timers_by_due ON public.timers USING btree (due_at, instance_id, id);

create table users (
  login text not null,
  name text not null,
  email text not null,
  locale text,
  theme text not null,
  shortcuts boolean not null,
  roles text[] not null,
  groups text[] not null,
  password_hash text,
  disabled boolean not null,
  created_at bigint not null,
  PRIMARY KEY (login)
);
