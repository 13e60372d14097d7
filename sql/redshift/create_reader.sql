-- Creates the user that may only read; people log in as it by temporary credentials.
create user dashboard password disable;

alter group sparkify_readers add user dashboard;
