-- The columns of a table; one row a column.
select column_name
from information_schema.columns
where table_name = :table_name;
