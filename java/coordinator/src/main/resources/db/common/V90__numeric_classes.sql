-- Which numeric classes of devices the answers of a run came from.
create table numeric_class (
  run text not null,
  name text not null,
  primary key (run, name)
);
