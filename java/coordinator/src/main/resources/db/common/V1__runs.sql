-- One training. `request` is its settings as JSON; `fence` rises with every owner.
create table run (
  id text primary key,
  request text not null,
  created_at_ms bigint not null,
  status text not null,
  reason text not null,
  fence bigint not null,
  ended_at_ms bigint,
  weights_sha256 text
);

-- Where a run can go on. The blobs are raw f32.
create table checkpoint (
  run_id text not null references run (id) on delete cascade,
  sequence bigint not null,
  epoch bigint not null,
  round bigint not null,
  version bigint not null,
  parameters text not null,
  optimizer_state text not null,
  at_ms bigint not null,
  primary key (run_id, sequence)
);

create table round_metric (
  run_id text not null references run (id) on delete cascade,
  round bigint not null,
  epoch bigint not null,
  samples bigint not null,
  loss double precision not null,
  accuracy double precision not null,
  learning_rate double precision not null,
  at_ms bigint not null,
  primary key (run_id, round)
);

create table evaluation (
  run_id text not null references run (id) on delete cascade,
  epoch bigint not null,
  samples bigint not null,
  loss double precision not null,
  accuracy double precision not null,
  at_ms bigint not null,
  primary key (run_id, epoch)
);

-- What was decided, in order.
create table journal (
  run_id text not null references run (id) on delete cascade,
  sequence bigint not null,
  at_ms bigint not null,
  event text not null,
  primary key (run_id, sequence)
);
