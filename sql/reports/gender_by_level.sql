-- Who listens at which level? One row a gender and level. A listener who played at both
-- levels counts in both rows; both_levels is how many of the gender did, in each of its
-- rows.
with
activity as (
    select
        user_id,
        sum(case when level = 'free' then plays else 0 end) as free_plays,
        sum(case when level = 'paid' then plays else 0 end) as paid_plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by user_id
),

levels as (
    select
        user_id,
        'free' as level,
        free_plays as plays,
        case when paid_plays > 0 then 1 end as is_both
    from activity
    where free_plays > 0
    union all
    select
        user_id,
        'paid' as level,
        paid_plays as plays,
        case when free_plays > 0 then 1 end as is_both
    from activity
    where paid_plays > 0
)

select
    coalesce(users.gender, 'unknown') as gender,
    levels.level,
    count(*) as listeners,
    cast(sum(levels.plays) as bigint) as plays,
    count(levels.is_both) as both_levels
from levels
inner join users on levels.user_id = users.user_id
group by coalesce(users.gender, 'unknown'), levels.level
order by gender asc, levels.level asc;
