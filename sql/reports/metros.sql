-- In which metropolitan areas is music played? One row an area, the most played first;
-- plays without a known area are left out.
with
listening as (
    select
        location,
        user_id,
        sum(plays) as plays
    from session_days
    where location is not null
    group by location, user_id
)

select
    location,
    cast(sum(plays) as bigint) as plays,
    count(*) as listeners
from listening
group by location
order by plays desc, location asc;
