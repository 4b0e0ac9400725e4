-- Trainings that people prepare. What became of one that has started is in the table run.
create table project (
    id text not null primary key,
    owner text not null,
    name text not null,
    -- What was filled in, as JSON; a draft may lack what it needs to start.
    fields text not null,
    stage text not null,
    reason text not null,
    run text,
    created_at_ms bigint not null,
    changed_at_ms bigint not null,
    queued_at_ms bigint,
    -- Also in fields: when its run is ended with what it has.
    deadline_ms bigint
);

create index project_by_owner on project (owner);
create index project_by_stage on project (stage);
