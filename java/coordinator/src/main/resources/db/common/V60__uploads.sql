-- Files on their way in; their bytes lie beside the database. `sha256` is what the sender says
-- until the upload is complete, then what was counted.
create table upload (
  id text primary key,
  owner text not null,
  name text not null,
  size_bytes bigint not null,
  sha256 text not null,
  created_at_ms bigint not null,
  is_complete bigint not null
);

create index upload_by_owner on upload (owner);
