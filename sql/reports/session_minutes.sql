-- How many minutes does a session last? One row a doubling range of whole minutes that
-- has sessions, the first below one minute, the last without end; a session lasts from
-- its first play to the end of its last, which of several at the same moment is that of
-- the smallest songplay_id.
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
        (
            datediff(millisecond, ends.first_start, ends.last_start) / 1000.0
            + coalesce(songs.duration, 0)
        ) / 60 as minutes
    from ends
    inner join songs on ends.song_id = songs.song_id
    where ends.end_rank = 1
),

binned as (
    select
        case
            when minutes < 1 then 0
            when minutes < 2 then 1
            when minutes < 4 then 2
            when minutes < 8 then 4
            when minutes < 16 then 8
            when minutes < 32 then 16
            when minutes < 64 then 32
            when minutes < 128 then 64
            when minutes < 256 then 128
            when minutes < 512 then 256
            when minutes < 1024 then 512
            else 1024
        end as bin_start
    from measured
)

select
    bin_start,
    case
        when bin_start = 0 then 0
        when bin_start < 1024 then 2 * bin_start - 1
    end as bin_end,
    count(*) as sessions
from binned
group by bin_start
order by bin_start asc;
