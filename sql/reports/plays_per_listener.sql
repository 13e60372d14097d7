-- How much does one listener play? One row a range of plays that has listeners. The
-- ranges double (1, 2 to 3, 4 to 7 and so on); the last has no end.
with
totals as (
    select
        user_id,
        sum(plays) as plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id
),

binned as (
    select
        plays,
        case
            when plays < 2 then 1
            when plays < 4 then 2
            when plays < 8 then 4
            when plays < 16 then 8
            when plays < 32 then 16
            when plays < 64 then 32
            when plays < 128 then 64
            when plays < 256 then 128
            when plays < 512 then 256
            when plays < 1024 then 512
            else 1024
        end as bin_start
    from totals
)

select
    bin_start,
    case when bin_start < 1024 then 2 * bin_start - 1 end as bin_end,
    count(*) as listeners,
    cast(sum(plays) as bigint) as plays
from binned
group by bin_start
order by bin_start asc;
