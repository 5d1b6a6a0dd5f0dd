-- People: accounts, their sessions, support groups, API tokens. Small reference tables, so without a bucket.

create table users (
  -- As assignments and histories name the person.
  login         text primary key,
  name          text not null,
  email         text not null,
  -- en or zh; null = whatever the browser asks for.
  locale        text,
  -- auto, light or dark.
  theme         text not null,
  -- Whether single keys act on lists.
  shortcuts     boolean not null,
  roles         text[] not null,
  -- Ids of support groups, sorted.
  groups        text[] not null,
  -- scrypt$N$SALT$HASH, base64url; null = no sign-in by password.
  password_hash text,
  disabled      boolean not null,
  -- ms since the epoch, UTC, as all instants here.
  created_at    bigint not null
);

create table sessions (
  -- SHA-256 (hex) of the secret in the cookie.
  token_hash text primary key,
  -- Names the session to its owner without opening it.
  id         text not null unique,
  login      text not null references users (login) on delete cascade,
  user_agent text not null,
  created_at bigint not null,
  -- Last use, noted every few minutes.
  seen_at    bigint not null,
  expires_at bigint not null
);
create index sessions_login on sessions (login);

create table support_groups (
  -- As diagrams name it in candidate groups.
  id      text primary key,
  name    text not null,
  -- '' = the same as name.
  name_zh text not null,
  -- L1, L2, L3; null = outside of the tiers.
  tier    text
);

create table api_tokens (
  -- Names it in histories: client:ID.
  id         text primary key,
  -- SHA-256 (hex) of the secret.
  token_hash text not null unique,
  name       text not null,
  scopes     text[] not null,
  created_by text not null,
  created_at bigint not null,
  revoked_at bigint
);
