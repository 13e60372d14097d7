-- Updates the users of the new events, as in their latest event of all; one row a user.
delete from users
where user_id in (select fresh_users.user_id from fresh_users);

insert into users (user_id, first_name, last_name, gender, level)
with
latest as (
    select
        staging_events.user_id,
        max(staging_events.ts) as ts
    from staging_events
    inner join fresh_users on staging_events.user_id = fresh_users.user_id
    group by staging_events.user_id
),

ranked as (
    select
        events.user_id,
        events.first_name,
        events.last_name,
        events.gender,
        events.level,
        row_number() over (
            partition by events.user_id
            order by events.session_id desc, events.item_in_session desc
        ) as recency_rank
    from staging_events as events
    inner join latest on events.user_id = latest.user_id and events.ts = latest.ts
)

select
    user_id,
    first_name,
    last_name,
    gender,
    level
from ranked
where recency_rank = 1;
