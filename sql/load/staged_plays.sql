-- The number of staged plays; one row.
select count(*) as plays
from staging_plays;
