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
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
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

named as (
    select
        title,
        artist,
        cast(sum(plays) as bigint) as plays
    from members
    group by title, artist
),

shown as (
    select
        title,
        artist,
        plays,
        row_number() over (order by plays desc, title asc, artist asc) as place
    from named
    order by place asc
    limit :top
),

listening as (
    select
        shown.place,
        songplays.user_id
    from shown
    inner join members
        on shown.title = members.title and shown.artist = members.artist
    inner join songplays on members.song_id = songplays.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
    group by shown.place, songplays.user_id
),

listeners as (
    select
        place,
        count(*) as listeners
    from listening
    group by place
)

select
    shown.title,
    shown.artist,
    shown.plays,
    listeners.listeners
from shown
inner join listeners on shown.place = listeners.place
order by shown.place asc;
