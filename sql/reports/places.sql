-- In which metropolitan areas do the listeners live? One row an area, the most played
-- first. The plays of areas with fewer than least_listeners, and those without a known
-- area, have one row each, which comes first, without an area and with the reason:
-- nobody can be identified, and the rows add up to all plays.
with
activity as (
    select
        coalesce(location, '') as location,
        user_id,
        sum(plays) as plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by coalesce(location, ''), user_id
),

places as (
    select
        location,
        case
            when location = '' then 'unknown'
            when count(*) < :least_listeners then 'few'
        end as hidden_because
    from activity
    group by location
)

select
    case when places.hidden_because is null then places.location end as location,
    places.hidden_because,
    cast(sum(activity.plays) as bigint) as plays,
    count(distinct activity.user_id) as listeners
from activity
inner join places on activity.location = places.location
group by
    case when places.hidden_because is null then places.location end,
    places.hidden_because
order by
    case when places.hidden_because is null then 1 else 0 end asc,
    plays desc,
    location asc
limit 500;
