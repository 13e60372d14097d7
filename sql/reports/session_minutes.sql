-- How many minutes does a session last? One row a range of whole minutes that has
-- sessions. The ranges double (0, 1, 2 to 3, 4 to 7 and so on); the last has no end. A
-- session lasts from the start of its first play until all its plays have ended.
with
sessions as (
    select datediff(millisecond, min(first_start), max(last_end)) / 60000.0 as minutes
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id, session_id
),

binned as (
    select
        case
            when minutes < 1 then 0
            when minutes < 2 then 1
            when minutes < 4 then 2
            when minutes < 8 then 4
            when minutes < 16 then 8
            when minutes < 32 then 16
            when minutes < 64 then 32
            when minutes < 128 then 64
            when minutes < 256 then 128
            when minutes < 512 then 256
            when minutes < 1024 then 512
            else 1024
        end as bin_start
    from sessions
)

select
    bin_start,
    case
        when bin_start = 0 then 0
        when bin_start < 1024 then 2 * bin_start - 1
    end as bin_end,
    count(*) as sessions
from binned
group by bin_start
order by bin_start asc;
