-- error: The days of the sessions hold other plays than the songplays.
with
counted as (
    select count(*) as plays
    from songplays
),

held as (
    select coalesce(cast(sum(plays) as bigint), 0) as plays
    from session_days
)

select
    counted.plays,
    held.plays as session_plays
from counted
cross join held
where counted.plays <> held.plays;
