-- Which songs does the catalogue lack most? One row a title and artist's name that was
-- played and that the catalogue does not hold, the most played first.
with
plays as (
    select
        song_id,
        count(*) as plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
    group by song_id
),

members as (
    select
        plays.song_id,
        song_names.title,
        song_names.artist,
        plays.plays
    from plays
    inner join song_names on plays.song_id = song_names.song_id
    where song_names.is_inferred
),

shown as (
    select
        title,
        artist,
        cast(sum(plays) as bigint) as plays
    from members
    group by title, artist
    order by plays desc, title asc, artist asc
    limit :top
),

listeners as (
    select
        members.title,
        members.artist,
        count(distinct songplays.user_id) as listeners
    from shown
    inner join members
        on shown.title = members.title and shown.artist = members.artist
    inner join songplays on members.song_id = songplays.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location = :metro)
    group by members.title, members.artist
)

select
    shown.title,
    shown.artist,
    shown.plays,
    listeners.listeners
from shown
inner join listeners
    on shown.title = listeners.title and shown.artist = listeners.artist
order by shown.plays desc, shown.title asc, shown.artist asc;
