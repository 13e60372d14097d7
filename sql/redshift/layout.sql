-- The distribution of a schema's tables on the cluster; one row a table.
select
    "table" as table_name,
    diststyle as distribution,
    sortkey1 as sort_key,
    estimated_visible_rows as row_count,
    skew_rows as skew
from svv_table_info
where schema = :schema
order by "table" asc;
