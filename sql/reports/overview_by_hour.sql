-- How do plays, listeners, sessions, paid plays and plays of the catalogue's songs
-- change from hour to hour? One row an hour of a day that has plays, in UTC; a session
-- counts in each hour in which it has plays.
with
listening as (
    select
        date_trunc('hour', songplays.start_time) as play_date,
        songplays.user_id,
        songplays.session_id,
        count(*) as plays,
        count(case when songplays.level = 'paid' then 1 end) as paid_plays,
        count(case when not songs.is_inferred then 1 end) as matched_plays
    from songplays
    inner join songs on songplays.song_id = songs.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
    group by
        date_trunc('hour', songplays.start_time),
        songplays.user_id,
        songplays.session_id
)

select
    play_date,
    cast(sum(plays) as bigint) as plays,
    count(distinct user_id) as listeners,
    count(*) as sessions,
    cast(sum(paid_plays) as bigint) as paid_plays,
    cast(sum(matched_plays) as bigint) as matched_plays
from listening
group by play_date
order by play_date asc;
