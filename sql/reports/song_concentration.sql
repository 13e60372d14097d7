-- How much of the listening do the most played songs have? One row a percentile of the
-- songs (titles and artists' names) that have plays, from the least played: the points
-- of a Lorenz curve. Song p of n is in percentile ceil(p * 100 / n), and play_share is
-- the share of all plays up to that percentile. If n is below 100, percentiles without
-- a song are missing. The totals are the same in each row.
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

named as (
    select
        song_names.title,
        song_names.artist,
        cast(sum(plays.plays) as bigint) as plays
    from plays
    inner join song_names on plays.song_id = song_names.song_id
    where :catalogue = 'all' or not song_names.is_inferred
    group by song_names.title, song_names.artist
),

placed as (
    select
        plays,
        row_number() over (order by plays asc, title asc, artist asc) as place,
        count(*) over () as item_count,
        sum(plays) over (
            order by plays asc, title asc, artist asc
            rows between unbounded preceding and current row
        ) as plays_so_far
    from named
),

percentiles as (
    select
        item_count,
        (place * 100 + item_count - 1) / item_count as item_percent,
        max(plays_so_far) as plays_so_far,
        sum(case when place > item_count - 10 then plays else 0 end) as top_ten_plays
    from placed
    group by item_count, (place * 100 + item_count - 1) / item_count
)

select
    item_count,
    cast(max(plays_so_far) over () as bigint) as plays,
    cast(sum(top_ten_plays) over () as bigint) as top_ten_plays,
    item_percent,
    cast(plays_so_far as double precision)
    / max(plays_so_far) over () as play_share
from percentiles
order by item_percent asc;
