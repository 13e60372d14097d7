-- Where do the listeners live? One row a place, the most played first. Places with
-- fewer than least_listeners are folded into one row, so that nobody can be identified.
with
activity as (
    select
        coalesce(location, 'unknown') as location,
        user_id,
        sum(plays) as plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location = :metro)
    group by coalesce(location, 'unknown'), user_id
),

places as (
    select
        location,
        case
            when count(*) >= :least_listeners then location
            else
                'fewer than '
                || cast(:least_listeners as varchar(20))
                || ' listeners'
        end as shown_location
    from activity
    group by location
)

select
    places.shown_location as location,
    cast(sum(activity.plays) as bigint) as plays,
    count(distinct activity.user_id) as listeners
from activity
inner join places on activity.location = places.location
group by places.shown_location
order by plays desc, location asc
limit 500;
