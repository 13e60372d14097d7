-- Rebuilds the users: everyone in the events, as in their latest event; one row a user.
delete from users;

insert into users (user_id, first_name, last_name, gender, level)
with
ranked as (
    select
        user_id,
        first_name,
        last_name,
        gender,
        level,
        row_number() over (
            partition by user_id
            order by ts desc, session_id desc, item_in_session desc
        ) as recency_rank
    from staging_events
    where user_id <> ''
)

select
    user_id,
    first_name,
    last_name,
    gender,
    level
from ranked
where recency_rank = 1;
