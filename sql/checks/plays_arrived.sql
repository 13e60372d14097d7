-- error: The staged plays are not exactly the plays of the star.
with
staged as (
    select
        user_id,
        session_id,
        timestamp 'epoch' + ts / 1000.0 * interval '1 second' as start_time,
        level,
        count(*) as plays
    from staging_plays
    group by user_id, session_id, ts, level
),

arrived as (
    select
        user_id,
        session_id,
        start_time,
        level,
        count(*) as plays
    from songplays
    group by user_id, session_id, start_time, level
)

select
    coalesce(staged.user_id, arrived.user_id) as user_id,
    coalesce(staged.session_id, arrived.session_id) as session_id,
    coalesce(staged.start_time, arrived.start_time) as start_time,
    coalesce(staged.plays, 0) as staged_plays,
    coalesce(arrived.plays, 0) as star_plays
from staged
full outer join arrived
    on
        staged.user_id = arrived.user_id
        and staged.session_id = arrived.session_id
        and staged.start_time = arrived.start_time
        and staged.level = arrived.level
where coalesce(staged.plays, 0) <> coalesce(arrived.plays, 0);
