-- Which variants of kernels devices found fastest. It is of classes of devices, not of people: no
-- row has an owner.
create table tuning_class (
  name text not null primary key,
  -- Rises with each use of any class: the class with the lowest goes first.
  used bigint not null
);

create table tuning (
  class text not null references tuning_class (name) on delete cascade,
  kernel text not null,
  variant text not null,
  at_ms bigint not null,
  primary key (class, kernel)
);
