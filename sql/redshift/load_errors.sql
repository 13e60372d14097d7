-- The errors of the session's COPYs since a time; one row an error, the last first. Of
-- Parquet, Redshift logs only some errors. Another session may have had this number.
select
    trim(file_name) as file_name,
    line_number,
    trim(column_name) as column_name,
    trim(column_type) as column_type,
    trim(column_length) as column_length,
    trim(error_message) as error_message
from sys_load_error_detail
where session_id = pg_backend_pid() and start_time >= :since
order by start_time desc
limit :top;
