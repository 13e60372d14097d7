-- error: A session has other plays in the star than in the staged rows, by their
-- number, their levels or their times.
with
plays as (
    select
        user_id,
        session_id,
        1 as staged,
        0 as arrived,
        case when level = 'paid' then 1 else 0 end as paid,
        ts
    from staging_plays
    union all
    select
        user_id,
        session_id,
        0 as staged,
        1 as arrived,
        case when level = 'paid' then -1 else 0 end as paid,
        -datediff(millisecond, timestamp 'epoch', start_time) as ts
    from songplays
)

select
    user_id,
    session_id,
    sum(staged) as staged_plays,
    sum(arrived) as star_plays
from plays
group by user_id, session_id
having sum(staged) <> sum(arrived) or sum(paid) <> 0 or sum(ts) <> 0;
