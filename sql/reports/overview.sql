-- How much was played in all, by how many, how much of it by paying users, and how much
-- of it does the catalogue hold? One row.
with
sessions as (
    select
        user_id,
        session_id,
        count(*) as plays,
        count(case when level = 'paid' then 1 end) as paid_plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
    group by user_id, session_id
),

totals as (
    select
        coalesce(cast(sum(plays) as bigint), 0) as plays,
        count(distinct user_id) as listeners,
        count(*) as sessions,
        coalesce(cast(sum(paid_plays) as bigint), 0) as paid_plays
    from sessions
),

matches as (
    select count(*) as matched_plays
    from songplays
    inner join songs on songplays.song_id = songs.song_id
    where
        not songs.is_inferred
        and songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location = :metro)
)

select
    totals.plays,
    totals.listeners,
    totals.sessions,
    totals.paid_plays,
    matches.matched_plays
from totals
cross join matches;
