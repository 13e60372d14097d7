-- How many plays are staged? One row.
select count(*) as plays
from staging_plays;
