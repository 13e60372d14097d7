-- The listeners, each as last seen; one row a user.
create table if not exists users (
    user_id varchar(64) not null,
    first_name varchar(256),
    last_name varchar(256),
    gender varchar(16),
    level varchar(16)
    -- primary key (user_id)
)
diststyle all
sortkey (user_id);

comment on table users is
'The listeners, each as last seen; one row a user.';
comment on column users.user_id is
'userId of the raw records';
comment on column users.first_name is
'first name at the latest event; NULL where not logged';
comment on column users.last_name is
'last name at the latest event; NULL where not logged';
comment on column users.gender is
'F or M at the latest event; NULL where not logged';
comment on column users.level is
'subscription at the latest event, free or paid; NULL where not logged';
