-- The number of rows of the star's tables and of its rollup; one row a table.
select
    'users' as table_name,
    count(*) as row_count
from users
union all
select
    'artists' as table_name,
    count(*) as row_count
from artists
union all
select
    'songs' as table_name,
    count(*) as row_count
from songs
union all
select
    'time' as table_name,
    count(*) as row_count
from time
union all
select
    'songplays' as table_name,
    count(*) as row_count
from songplays
union all
select
    'session_days' as table_name,
    count(*) as row_count
from session_days;
