-- Who may use the coordinator. `password` is an Argon2id hash; `roles` are words between commas.
create table account (
  id text primary key,
  name text not null unique,
  password text not null,
  roles text not null,
  disabled integer not null,
  created_at_ms bigint not null
);

-- Browsers that are logged in, by the hash of what their cookie holds.
create table web_session (
  hash text primary key,
  account text not null references account (id) on delete cascade,
  created_at_ms bigint not null,
  seen_at_ms bigint not null,
  address text not null
);

create table api_token (
  id text primary key,
  hash text not null unique,
  owner text not null,
  name text not null,
  scopes text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null
);

-- Invitations, and links to a new password for `account`.
create table one_time_token (
  id text primary key,
  hash text not null unique,
  kind text not null,
  account text not null,
  roles text not null,
  created_by text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null
);

-- What lets devices of `owner` in; the token itself follows from the id and a key that is elsewhere.
create table join_token (
  id text primary key,
  owner text not null,
  name text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null
);

-- Whose a device is, and the join token that it came with, if it came with one.
create table device_owner (
  device text primary key,
  owner text not null,
  join_token text not null,
  since_ms bigint not null
);

-- What others may see or change: `may` is read or write.
create table share (
  kind text not null,
  id text not null,
  person text not null,
  may text not null,
  primary key (kind, id, person)
);

-- Who has deposited a blob. Knowing its name is not enough to read it.
create table blob_owner (
  sha256 text not null,
  owner text not null,
  primary key (sha256, owner)
);

create table audit (
  sequence bigint primary key,
  at_ms bigint not null,
  person text not null,
  name text not null,
  action text not null,
  subject text not null,
  address text not null
);

alter table run add column owner text not null default 'owner';
