-- Which micro-batches of the epoch are in the parameters, as NEXT or NEXT:MISSING,…; empty: those of
-- the rounds before `round`.
alter table checkpoint add column coverage text not null default '';
