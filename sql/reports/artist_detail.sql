-- How often is one artist played, and how many of the artist's songs? One row, or none
-- if the star does not hold the name. A song is a title; first_play and last_play are
-- the first and the last of all, whatever the filters.
with
members as (
    select artist_id
    from artists
    where name = :artist
),

heard as (
    select
        songplays.start_time,
        case
            when
                songplays.start_time >= :start_time
                and songplays.start_time < :end_time
                and (:level = 'all' or songplays.level = :level)
                and (:metro = 'all' or songplays.location in (:metros))
                and (:device = 'all' or songplays.user_agent in (:user_agents))
                then songplays.user_id
        end as user_id,
        songs.title
    from members
    inner join songplays on members.artist_id = songplays.artist_id
    inner join songs on songplays.song_id = songs.song_id
),

listening as (
    select
        min(start_time) as first_play,
        max(start_time) as last_play,
        count(user_id) as plays,
        count(distinct user_id) as listeners,
        count(distinct case when user_id is not null then title end) as songs
    from heard
)

select
    first_play,
    last_play,
    plays,
    listeners,
    songs
from listening
where exists (select 1 from members);
