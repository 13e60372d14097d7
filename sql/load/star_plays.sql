-- The number of plays in the star; one row.
select count(*) as plays
from songplays;
