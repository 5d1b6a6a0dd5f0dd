-- Nothing reads or writes it since next_due_at took its place.
alter table task_candidates drop column due_at;
