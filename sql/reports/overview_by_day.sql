-- How do plays, listeners, sessions, paid plays and plays of the catalogue's songs move
-- from day to day? One row a day that has plays, in UTC; a session counts on each day
-- on which it has plays.
with
sessions as (
    select
        cast(start_time as date) as play_date,
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
    group by cast(start_time as date), user_id, session_id
),

days as (
    select
        play_date,
        cast(sum(plays) as bigint) as plays,
        count(distinct user_id) as listeners,
        count(*) as sessions,
        cast(sum(paid_plays) as bigint) as paid_plays
    from sessions
    group by play_date
),

matches as (
    select
        cast(songplays.start_time as date) as play_date,
        count(*) as matched_plays
    from songplays
    inner join songs on songplays.song_id = songs.song_id
    where
        not songs.is_inferred
        and songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location = :metro)
    group by cast(songplays.start_time as date)
)

select
    days.play_date,
    days.plays,
    days.listeners,
    days.sessions,
    days.paid_plays,
    coalesce(matches.matched_plays, 0) as matched_plays
from days
left join matches on days.play_date = matches.play_date
order by days.play_date asc;
