-- How often is one artist played, and how many of the artist's songs? One row, or none
-- if the star does not hold the name. A song is a title.
with
members as (
    select artist_id
    from artists
    where name = :artist
),

listening as (
    select
        count(*) as plays,
        count(distinct songplays.user_id) as listeners,
        count(distinct songs.title) as songs
    from members
    inner join songplays on members.artist_id = songplays.artist_id
    inner join songs on songplays.song_id = songs.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
)

select
    plays,
    listeners,
    songs
from listening
where exists (select 1 from members);
