-- error: A play names a song_id that songs does not hold.
select
    songplays.songplay_id,
    songplays.song_id
from songplays
left join songs on songplays.song_id = songs.song_id
where songs.song_id is null;
