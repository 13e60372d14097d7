-- error: The days of the sessions hold other plays of a day than the songplays.
with
counted as (
    select
        cast(start_time as date) as play_date,
        count(*) as plays
    from songplays
    group by cast(start_time as date)
),

held as (
    select
        play_date,
        cast(sum(plays) as bigint) as plays
    from session_days
    group by play_date
)

select
    coalesce(counted.play_date, held.play_date) as play_date,
    coalesce(counted.plays, 0) as plays,
    coalesce(held.plays, 0) as session_plays
from counted
full outer join held on counted.play_date = held.play_date
where coalesce(counted.plays, 0) <> coalesce(held.plays, 0);
