-- In which states do the listeners live? One row a state, the most played first; a
-- metropolitan area is in its first state. The plays of states with fewer than
-- least_listeners, and those without a known state, have one row each, which comes
-- first, without a state and with the reason: nobody can be identified, and the rows
-- add up to all plays.
with
activity as (
    select
        location,
        user_id,
        sum(plays) as plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by location, user_id
),

coded as (
    select
        case
            when location like '%, __' then right(location, 2)
            when location like '%, __-__' then left(right(location, 5), 2)
            when location like '%, __-__-__' then left(right(location, 8), 2)
            when location like '%, __-__-__-__' then left(right(location, 11), 2)
        end as code,
        user_id,
        plays
    from activity
),

placed as (
    select
        case
            when code in (
                'AK', 'AL', 'AR', 'AZ', 'CA', 'CO', 'CT', 'DC', 'DE', 'FL', 'GA',
                'HI', 'IA', 'ID', 'IL', 'IN', 'KS', 'KY', 'LA', 'MA', 'MD', 'ME',
                'MI', 'MN', 'MO', 'MS', 'MT', 'NC', 'ND', 'NE', 'NH', 'NJ', 'NM',
                'NV', 'NY', 'OH', 'OK', 'OR', 'PA', 'PR', 'RI', 'SC', 'SD', 'TN',
                'TX', 'UT', 'VA', 'VT', 'WA', 'WI', 'WV', 'WY'
            ) then code
            else ''
        end as state,
        user_id,
        plays
    from coded
),

states as (
    select
        state,
        case
            when state = '' then 'unknown'
            when count(distinct user_id) < :least_listeners then 'few'
        end as hidden_because
    from placed
    group by state
)

select
    case when states.hidden_because is null then states.state end as state,
    states.hidden_because,
    cast(sum(placed.plays) as bigint) as plays,
    count(distinct placed.user_id) as listeners
from placed
inner join states on placed.state = states.state
group by
    case when states.hidden_because is null then states.state end,
    states.hidden_because
order by
    case when states.hidden_because is null then 1 else 0 end asc,
    plays desc,
    state asc;
