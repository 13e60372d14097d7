-- The number of rows that the last COPY of this session loaded; one row.
select pg_last_copy_count() as row_count;
