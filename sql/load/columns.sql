-- The columns of a table of ours; one row a column.
select column_name
from information_schema.columns
where table_schema = current_schema() and table_name = :table_name
order by ordinal_position asc;
