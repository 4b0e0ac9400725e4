-- Models that people gave. Of each version `blob` is what a run begins with: weights with their
-- model, or, where `has_weights` is 0, the model as JSON; `description` is what was found in it.
create table model (
  id text primary key,
  owner text not null,
  name text not null,
  created_at_ms bigint not null
);

create index model_by_owner on model (owner);

create table model_version (
  model_id text not null references model (id) on delete cascade,
  version bigint not null,
  blob text not null,
  has_weights bigint not null,
  size_bytes bigint not null,
  description text not null,
  created_at_ms bigint not null,
  primary key (model_id, version)
);
