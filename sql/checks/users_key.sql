-- error: A user_id is missing or occurs in several rows of users.
select
    user_id,
    count(*) as row_count
from users
group by user_id
having user_id is null or count(*) > 1;
