-- That a number is given out once is kept by the table keys. A process may be started with any variables, and what they
-- say may not keep its commands from being stored.
drop index tickets_number;

-- one ticket by its number, the first that had it
create index tickets_by_number on tickets (bucket, number, instance_id);
