-- Data sets that people gave. `status` is preparing, ready or failed; `recipe` is how it was asked
-- for, so that what a crash interrupted is begun again.
create table dataset (
  id text primary key,
  owner text not null,
  name text not null,
  created_at_ms bigint not null
);

create index dataset_by_owner on dataset (owner);

create table dataset_version (
  dataset_id text not null references dataset (id) on delete cascade,
  version bigint not null,
  status text not null,
  reason text not null,
  recipe text not null,
  index_sha256 text not null,
  train_samples bigint not null,
  test_samples bigint not null,
  size_bytes bigint not null,
  description text not null,
  created_at_ms bigint not null,
  primary key (dataset_id, version)
);
