-- Creates the group that marks a user as made by Sparkify; it has no rights.
create group sparkify_readers;
