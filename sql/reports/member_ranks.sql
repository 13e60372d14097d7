-- Which rank has one artist among the artists, or one song among the songs, in each
-- week (from Monday, in UTC)? One row a week with a play of it; without a title, it is
-- the artist.
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

named as (
    select
        plays.week_start,
        song_names.artist,
        case when :title = '' then '' else song_names.title end as title,
        cast(sum(plays.plays) as bigint) as plays
    from plays
    inner join song_names on plays.song_id = song_names.song_id
    group by
        plays.week_start,
        song_names.artist,
        case when :title = '' then '' else song_names.title end
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
    week_start,
    plays,
    play_rank
from ranked
where artist = :artist and title = :title
order by week_start asc;
