-- How do plays, listeners, sessions, paid plays and plays of the catalogue's songs
-- change from day to day? One row a day that has plays, in UTC; a session counts on
-- each day on which it has plays.
with
sessions as (
    select
        play_date,
        user_id,
        session_id,
        sum(plays) as plays,
        sum(case when level = 'paid' then plays else 0 end) as paid_plays,
        sum(matched_plays) as matched_plays
    from session_days
    where
        play_date >= :start_time
        and play_date < :end_time
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by play_date, user_id, session_id
)

select
    play_date,
    cast(sum(plays) as bigint) as plays,
    count(distinct user_id) as listeners,
    count(*) as sessions,
    cast(sum(paid_plays) as bigint) as paid_plays,
    cast(sum(matched_plays) as bigint) as matched_plays
from sessions
group by play_date
order by play_date asc;
