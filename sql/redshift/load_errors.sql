-- The errors of the last COPY of this session; one row an error, the last first.
select
    trim(file_name) as file_name,
    line_number,
    trim(column_name) as column_name,
    trim(column_type) as column_type,
    trim(column_length) as column_length,
    trim(error_message) as error_message
from sys_load_error_detail
where session_id = pg_backend_pid()
order by start_time desc
limit :top;
