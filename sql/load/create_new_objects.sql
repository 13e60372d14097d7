-- The objects of the batches to load, as the reader counted them; one row an object.
drop table if exists new_objects;

create temporary table new_objects (
    name varchar(1024),
    size bigint,
    version varchar(256),
    bytes bigint,
    records bigint,
    blank bigint
);
