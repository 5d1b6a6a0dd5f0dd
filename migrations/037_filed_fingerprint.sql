-- The same key with another request is refused.
alter table filed_requests add column fingerprint text;
comment on column filed_requests.fingerprint is 'SHA-256 of what was filed; null = the next request with the key is it: this one was refused, or filed before this was noted';
