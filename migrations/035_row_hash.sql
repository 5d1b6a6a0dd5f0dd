-- The hash of a row is made over what is stored, as it is: so it can be proven without knowing how steps are packed.
comment on column journal.hash is 'SHA-256(prev_hash || JSON of actor, at, engine, instance_id as text named instance, seq || line feed || command || line feed || events); of older rows: SHA-256(prev_hash || canonical JSON of the row, with command and events as what they say)';
comment on column journal_archive.hash is 'As in journal';
