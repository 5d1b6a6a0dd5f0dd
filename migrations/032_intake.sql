-- Requests that were filed under a caller's own key: the same key gives the same ticket.
create table filed_requests (
  -- from client and key
  bucket int not null,
  -- SHA-256, hex, of who files and the key they gave
  once_hash text not null,
  number text not null,
  -- ms since the epoch, UTC
  filed_at bigint not null,
  primary key (bucket, once_hash)
);
