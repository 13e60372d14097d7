-- Which other artists do those listen to who played one artist, or one song? One row an
-- artist's name with at least :least_listeners of them, the most shared first; without
-- a title, it is the artist. Plays are counted by numbers in place of names and users,
-- which takes half the time.
with
fans as (
    select
        songplays.user_id,
        row_number() over (order by songplays.user_id) as fan
    from song_names
    inner join songplays on song_names.song_id = songplays.song_id
    where
        song_names.artist = :artist
        and (:title = '' or song_names.title = :title)
        and songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
    group by songplays.user_id
),

others as (
    select
        artist_id,
        name,
        dense_rank() over (order by name) as other
    from artists
    where name <> :artist
),

heard as (
    select
        others.other,
        fans.fan,
        count(*) as plays
    from fans
    inner join songplays on fans.user_id = songplays.user_id
    inner join others on songplays.artist_id = others.artist_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
    group by others.other, fans.fan
),

shared as (
    select
        other,
        count(*) as listeners,
        cast(sum(plays) as bigint) as plays
    from heard
    group by other
    having count(*) >= :least_listeners
)

select distinct
    others.name as artist,
    shared.listeners,
    shared.plays
from shared
inner join others on shared.other = others.other
order by shared.listeners desc, shared.plays desc, others.name asc
limit :top;
