-- Updates the rollup of the sessions that changed; a play ends after its song's
-- duration, but after a day at most; one row a session, day, level, place and user
-- agent.
delete from session_days
where exists (
    select 1
    from sessions
    where
        sessions.user_id = session_days.user_id
        and sessions.session_id = session_days.session_id
);

insert into session_days (
    play_date,
    user_id,
    session_id,
    level,
    location,
    user_agent,
    plays,
    matched_plays,
    first_start,
    last_start,
    last_end
)
select
    cast(songplays.start_time as date) as play_date,
    songplays.user_id,
    songplays.session_id,
    songplays.level,
    songplays.location,
    songplays.user_agent,
    count(*) as plays,
    count(case when not songs.is_inferred then 1 end) as matched_plays,
    min(songplays.start_time) as first_start,
    max(songplays.start_time) as last_start,
    max(
        dateadd(
            millisecond,
            cast(
                floor(
                    least(greatest(coalesce(songs.duration, 0), 0), 86400) * 1000
                ) as bigint
            ),
            songplays.start_time
        )
    ) as last_end
from songplays
inner join songs on songplays.song_id = songs.song_id
inner join sessions
    on
        songplays.user_id = sessions.user_id
        and songplays.session_id = sessions.session_id
group by
    cast(songplays.start_time as date),
    songplays.user_id,
    songplays.session_id,
    songplays.level,
    songplays.location,
    songplays.user_agent
order by play_date;
