-- How large is the star? One row a table, with its number of rows.
select
    'songplays' as table_name,
    count(*) as row_count
from songplays
union all
select
    'users' as table_name,
    count(*) as row_count
from users
union all
select
    'songs' as table_name,
    count(*) as row_count
from songs
union all
select
    'artists' as table_name,
    count(*) as row_count
from artists
union all
select
    'time' as table_name,
    count(*) as row_count
from time;
