-- Which other artists do those listen to who played one artist, or one song? One row an
-- artist's name with at least :least_listeners of them, the most shared first; without
-- a title, it is the artist. Plays are counted by numbers in place of names and users,
-- which takes half the time.
with
fans as (
    select distinct songplays.user_id
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
),

people as (
    select
        user_id,
        row_number() over (order by user_id) as person
    from users
    where user_id in (select fans.user_id from fans)
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
        people.person,
        count(*) as plays
    from people
    inner join songplays on people.user_id = songplays.user_id
    inner join others on songplays.artist_id = others.artist_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
    group by others.other, people.person
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
