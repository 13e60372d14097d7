-- error: The staged plays are not exactly the plays of the star.
with
staged as (
    select count(*) as plays
    from staging_plays
),

arrived as (
    select count(*) as plays
    from songplays
)

select
    staged.plays as staged_plays,
    arrived.plays as star_plays
from staged
cross join arrived
where staged.plays <> arrived.plays;
