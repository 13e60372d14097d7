-- Which artists gained plays against the period before, and which lost? One row an
-- artist's name, the largest gain first; at most :top that gained and :top that lost.
with
plays as (
    select
        artist_id,
        count(
            case when start_time >= :start_time and start_time < :end_time then 1 end
        ) as plays,
        count(
            case
                when
                    start_time >= :before_start_time
                    and start_time < :before_end_time
                    then 1
            end
        ) as before_plays
    from songplays
    where
        (
            (start_time >= :start_time and start_time < :end_time)
            or (start_time >= :before_start_time and start_time < :before_end_time)
        )
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by artist_id
),

named as (
    select
        artists.name as artist,
        cast(sum(plays.plays) as bigint) as plays,
        cast(sum(plays.before_plays) as bigint) as before_plays
    from plays
    inner join artists on plays.artist_id = artists.artist_id
    group by artists.name
),

placed as (
    select
        artist,
        plays,
        before_plays,
        plays - before_plays as plays_change,
        row_number() over (
            order by plays - before_plays desc, artist asc
        ) as gain_place,
        row_number() over (
            order by plays - before_plays asc, artist asc
        ) as loss_place
    from named
)

select
    artist,
    plays,
    before_plays,
    plays_change
from placed
where
    (plays_change > 0 and gain_place <= :top)
    or (plays_change < 0 and loss_place <= :top)
order by plays_change desc, artist asc;
