-- Which sessions last longest? One row a session, the longest first, with the level and
-- place of its last play; it lasts from its first play to the end of its last, which of
-- several at the same moment is that of the smallest songplay_id.
with
sessions as (
    select
        user_id,
        session_id,
        count(*) as plays,
        min(start_time) as first_start,
        max(start_time) as last_start
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
    group by user_id, session_id
),

ends as (
    select
        sessions.plays,
        sessions.first_start,
        sessions.last_start,
        songplays.song_id,
        songplays.level,
        sessions.user_id,
        sessions.session_id,
        row_number() over (
            partition by sessions.user_id, sessions.session_id
            order by songplays.songplay_id asc
        ) as end_rank
    from sessions
    inner join songplays
        on
            sessions.user_id = songplays.user_id
            and sessions.session_id = songplays.session_id
            and sessions.last_start = songplays.start_time
    where
        (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location = :metro)
),

measured as (
    select
        ends.user_id,
        ends.session_id,
        ends.first_start as started_at,
        (
            datediff(millisecond, ends.first_start, ends.last_start) / 1000.0
            + coalesce(songs.duration, 0)
        ) / 60 as minutes,
        ends.plays,
        ends.level
    from ends
    inner join songs on ends.song_id = songs.song_id
    where ends.end_rank = 1
)

select
    started_at,
    minutes,
    plays,
    level
from measured
order by minutes desc, started_at asc, user_id asc, session_id asc
limit :top;
