-- Which rank have some artists among the artists, or some songs among the songs, in
-- each week (from Monday, in UTC)? One row a name and a week with a play of it. Songs
-- are those of the titles by the artists; if the title is empty, they are the artists.
with
plays as (
    select
        song_id,
        cast(date_trunc('week', start_time) as date) as week_start,
        count(*) as plays
    from songplays
    where
        start_time >= :start_time
        and start_time < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by song_id, cast(date_trunc('week', start_time) as date)
),

members as (
    select
        song_id,
        artist,
        case when '' in (:titles) then '' else title end as title
    from song_names
    where :catalogue = 'all' or not is_inferred
),

named as (
    select
        plays.week_start,
        members.artist,
        members.title,
        cast(sum(plays.plays) as bigint) as plays
    from plays
    inner join members on plays.song_id = members.song_id
    group by plays.week_start, members.artist, members.title
),

ranked as (
    select
        week_start,
        artist,
        title,
        plays,
        rank() over (partition by week_start order by plays desc) as play_rank
    from named
)

select
    title,
    artist,
    week_start,
    plays,
    play_rank
from ranked
where artist in (:artists) and title in (:titles)
order by week_start asc, play_rank asc, title asc, artist asc;
