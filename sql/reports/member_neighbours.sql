-- Which other artists do those listen to who played one artist, or one song? One row an
-- artist's name with at least :least_listeners of them, the most shared first; without
-- a title, it is the artist.
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
),

heard as (
    select
        songplays.song_id,
        songplays.user_id,
        count(*) as plays
    from fans
    inner join songplays on fans.user_id = songplays.user_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
    group by songplays.song_id, songplays.user_id
)

select
    song_names.artist,
    count(distinct heard.user_id) as listeners,
    cast(sum(heard.plays) as bigint) as plays
from heard
inner join song_names on heard.song_id = song_names.song_id
where song_names.artist <> :artist
group by song_names.artist
having count(distinct heard.user_id) >= :least_listeners
order by listeners desc, plays desc, song_names.artist asc
limit :top;
