-- How long is a session? One row; a session lasts from its first play to the end of its
-- last, which of several at the same moment is that of the smallest songplay_id.
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
        cast(ends.plays as double precision) as plays,
        (
            datediff(millisecond, ends.first_start, ends.last_start) / 1000.0
            + coalesce(songs.duration, 0)
        ) / 60 as minutes
    from ends
    inner join songs on ends.song_id = songs.song_id
    where ends.end_rank = 1
),

by_plays as (
    select
        count(*) as sessions,
        percentile_cont(0.5) within group (order by plays) as median_plays,
        percentile_cont(0.9) within group (order by plays) as p90_plays
    from measured
),

by_minutes as (
    select
        percentile_cont(0.5) within group (order by minutes) as median_minutes,
        percentile_cont(0.9) within group (order by minutes) as p90_minutes
    from measured
)

select
    by_plays.sessions,
    by_plays.median_plays,
    by_plays.p90_plays,
    by_minutes.median_minutes,
    by_minutes.p90_minutes
from by_plays
cross join by_minutes;
