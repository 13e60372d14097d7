-- Notes that the star has all staged records, and by which SQL.
update staged_objects
set star = :star
where star is null or star <> :star;
