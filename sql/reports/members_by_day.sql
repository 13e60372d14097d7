-- How much are some songs, or some artists, played from day to day? One row a name and
-- a day that has plays of it, in UTC. Songs are those of the titles by the artists; if
-- the title is empty, they are the artists.
with
members as (
    select
        song_id,
        artist,
        case when '' in (:titles) then '' else title end as title
    from song_names
    where
        artist in (:artists)
        and ('' in (:titles) or title in (:titles))
        and (:catalogue = 'all' or not is_inferred)
)

select
    members.title,
    members.artist,
    cast(songplays.start_time as date) as play_date,
    count(*) as plays
from members
inner join songplays on members.song_id = songplays.song_id
where
    songplays.start_time >= :start_time
    and songplays.start_time < :end_time
    and (:level = 'all' or songplays.level = :level)
    and (:metro = 'all' or songplays.location in (:metros))
    and (:device = 'all' or songplays.user_agent in (:user_agents))
group by members.title, members.artist, cast(songplays.start_time as date)
order by play_date asc, members.title asc, members.artist asc;
