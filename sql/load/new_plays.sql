-- The staged plays that the star lacks: how many, and the first and last of their
-- timestamps; one row.
select
    count(*) as plays,
    coalesce(min(staging_plays.ts), 0) as first_ts,
    coalesce(max(staging_plays.ts), 0) as last_ts
from staging_plays
inner join fresh_objects on staging_plays.object = fresh_objects.object;
