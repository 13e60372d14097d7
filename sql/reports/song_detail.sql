-- What is known about one song, and how often is it played? One row, or none if the
-- star does not hold the song. The plays are those of all songs with that title and
-- artist's name. Year, duration and is_in_catalogue come from the catalogue's song with
-- the smallest id.
with
members as (
    select
        song_id,
        year,
        duration,
        not is_inferred as is_in_catalogue,
        row_number() over (
            order by is_inferred asc, song_id asc
        ) as member_rank
    from song_names
    where title = :title and artist = :artist
),

listening as (
    select
        count(*) as plays,
        count(distinct songplays.user_id) as listeners
    from members
    inner join songplays on members.song_id = songplays.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
)

select
    listening.plays,
    listening.listeners,
    members.year,
    members.duration,
    members.is_in_catalogue
from members
cross join listening
where members.member_rank = 1;
