-- error: A text of users is longer, in bytes, than its column.
select user_id
from users
where
    octet_length(user_id) > 64
    or octet_length(first_name) > 256
    or octet_length(last_name) > 256
    or octet_length(gender) > 16
    or octet_length(level) > 16;
