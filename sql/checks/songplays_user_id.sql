-- error: A play names a user_id that users does not hold.
select
    songplays.songplay_id,
    songplays.user_id
from songplays
left join users on songplays.user_id = users.user_id
where users.user_id is null;
