-- error: A play names an artist_id that artists does not hold.
select
    songplays.songplay_id,
    songplays.artist_id
from songplays
left join artists on songplays.artist_id = artists.artist_id
where artists.artist_id is null;
