-- The checkpoint whose evaluation was the best so far; it is kept while others go.
alter table checkpoint add column is_best integer not null default 0;
