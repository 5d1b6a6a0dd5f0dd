-- What the support desk sees of each support request: a projection of its process instance, written in the
-- transaction of every command. Instants are ms since the epoch, UTC.
create table tickets (
  bucket int not null,
  -- key of the process instance
  instance_id bigint not null,
  -- what people call it, such as R-100001
  number text not null,
  -- new, triage, assigned, in_progress, waiting_requester, waiting_third_party, resolved, closed or cancelled
  state text not null,
  title text not null,
  description text not null,
  -- portal, api, alert, phone or mail
  channel text not null,
  -- id of the API token that filed it, '' for none
  client text not null,
  -- login, '' when nobody signed in stands behind it
  requester text not null,
  requester_name text not null,
  contact text not null,
  -- language of the requester, zh or en
  locale text not null,
  service text not null,
  type text not null,
  category text not null,
  -- P1 to P4, '' before it is known
  priority text not null,
  impact text not null,
  urgency text not null,
  -- id of the support group that has it, '' for none
  group_id text not null,
  -- L1, L2 or L3, '' for none
  tier text not null,
  -- login of whoever has the open task
  assignee text,
  -- since when this group and tier have it
  group_since bigint not null,
  question text not null,
  answer text not null,
  solution text not null,
  -- 1 to 5
  rating int,
  rating_comment text not null,
  -- number of the closed ticket of the same alerts that this one follows, '' for none
  follows text not null,
  -- names of the messages that the process waits for from the requester or the alert source
  awaits text[] not null,
  -- [{name, warnAt, breachAt, breached}]
  clocks text not null,
  -- the next breach; when one was missed, the moment of filing; the end of time without a running clock
  due_at bigint not null,
  -- SHA-256, hex, of the secret in the requester's link
  access_hash text not null,
  created_at bigint not null,
  updated_at bigint not null,
  ended_at bigint,
  -- words of number, title, description and names, Chinese ones as pairs of characters
  words tsvector not null,
  primary key (bucket, instance_id)
);

-- one ticket by its number, and no number twice
create unique index tickets_number on tickets (bucket, number);
-- the list of open tickets, by the next breach
create index tickets_due on tickets (due_at, instance_id) where ended_at is null;
-- the list of all tickets, by the last change
create index tickets_updated on tickets (updated_at desc, instance_id desc);
-- the requests of one person, newest first, and the search for an earlier one that is alike
create index tickets_requester on tickets (requester, created_at desc, instance_id desc) where requester <> '';
create index tickets_group on tickets (group_id, due_at, instance_id) where ended_at is null;
create index tickets_assignee on tickets (assignee, due_at, instance_id) where ended_at is null and assignee is not null;
create index tickets_client on tickets (client, instance_id desc) where client <> '';
create index tickets_words on tickets using gin (words);

-- The conversation and the log entries of a ticket, from the NoteAdded events of its instance.
create table ticket_notes (
  bucket int not null,
  instance_id bigint not null,
  -- counter inside the instance
  id int not null,
  at bigint not null,
  -- who wrote it, as the journal names them
  actor text not null,
  -- public (requester too), internal (agents) or notice (who was told what)
  audience text not null,
  body text not null,
  -- notice only: logins or groups that were told
  told text[] not null,
  primary key (bucket, instance_id, id)
);
