-- The plays of a user, those of one session first; one row a play.
select
    songplay_id,
    cast(session_id as varchar(20)) = :session_id as is_same_session
from songplays
where user_id = :user_id
order by is_same_session desc, start_time asc, songplay_id asc
limit :top;
