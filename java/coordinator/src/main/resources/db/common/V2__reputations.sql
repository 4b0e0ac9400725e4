-- What is known of a device's honesty, over all runs.
create table device_reputation (
  device text primary key,
  owner text not null,
  trusted integer not null,
  confirmed integer not null,
  failures integer not null,
  quarantined_until_ms bigint
);
