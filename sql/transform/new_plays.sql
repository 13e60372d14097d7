-- The staged plays that the star lacks: how many, and the first and last of their
-- timestamps; one row an hour that has any.
select
    count(*) as plays,
    min(staging_plays.ts) as first_ts,
    max(staging_plays.ts) as last_ts
from staging_plays
inner join fresh_objects on staging_plays.object = fresh_objects.object
group by staging_plays.ts / 3600000
order by first_ts asc;
