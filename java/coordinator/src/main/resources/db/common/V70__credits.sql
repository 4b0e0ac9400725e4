-- What every account holds, in micro-credits; they sum to zero. Each is what its entries make of it.
create table credit_account (
  account text primary key,
  balance bigint not null
);

-- Credits that went from one account to another. A contribution's id is its run and lease, so that it
-- is paid once.
create table credit_entry (
  sequence bigint primary key,
  id text not null unique,
  at_ms bigint not null,
  from_account text not null,
  to_account text not null,
  micros bigint not null check (micros > 0),
  cause text not null,
  run text not null,
  device text not null,
  kind text not null,
  samples bigint not null,
  flops bigint not null,
  note text not null
);

create index credit_entry_from on credit_entry (from_account, sequence);
create index credit_entry_to on credit_entry (to_account, sequence);
create index credit_entry_run on credit_entry (run, device);
create index credit_entry_device on credit_entry (device, run);

-- One row at most: how far people may owe; none: as far as they like.
create table credit_limit (
  id integer primary key check (id = 1),
  micros bigint not null
);
