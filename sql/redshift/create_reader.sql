-- Makes the user that may only read; who logs in as it has temporary credentials.
create user dashboard password disable;
