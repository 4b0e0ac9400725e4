-- Answers to requests that create something, for whoever sends one again with the same key.
create table idempotent_reply (
    -- SHA-256 of person and key. The key itself opens the reply and is kept nowhere.
    key_sha256 text not null primary key,
    person text not null,
    -- SHA-256 of method, path and body.
    request_sha256 text not null,
    -- Which start of the coordinator answers, or has answered.
    life text not null,
    at_ms bigint not null,
    -- Status, headers and body, encrypted; absent while the request is answered.
    sealed ${bytes}
);

create index idempotent_reply_by_time on idempotent_reply (at_ms);
create index idempotent_reply_by_person on idempotent_reply (person);
