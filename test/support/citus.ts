/**
 * Makes PostgreSQL look like Citus to whoever opens the database from now on, and notes what Citus would be asked to do. It is
 * no Citus: nothing here tells whether that works.
 */
export const STAND_IN = [
  'create schema stand_in',
  'create table stand_in.pg_dist_partition (place serial, logicalrelid regclass unique, partmethod "char", repmodel "char", beside text)',
  `create function stand_in.create_distributed_table(a regclass, b text, colocate_with text) returns void language sql as
     $$ insert into stand_in.pg_dist_partition (logicalrelid, partmethod, repmodel, beside)
        values (a, case b when 'bucket' then 'h' else '?' end, 's', colocate_with) $$`,
  `create function stand_in.create_reference_table(a regclass) returns void language sql as
     $$ insert into stand_in.pg_dist_partition (logicalrelid, partmethod, repmodel) values (a, 'n', 't') $$`,
  `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
     values (99999, 'citus', 10, 'stand_in'::regnamespace, false, '0')`,
  `do $$ begin execute format('alter database %I set search_path = public, stand_in', current_database()); end $$`,
];
