-- Gives the loaded batches other names, until the rows of the connector are noted.
update staged_objects
set batch = 'kept ' || batch;
