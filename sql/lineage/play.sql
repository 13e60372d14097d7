-- A play with its song, its artist and its user; one row a play.
select
    songplays.songplay_id,
    songplays.start_time,
    songplays.level,
    songplays.song_id,
    songs.title as song_title,
    songs.is_inferred as is_song_inferred,
    songplays.artist_id,
    artists.name as artist_name,
    songplays.user_id,
    users.first_name,
    users.last_name,
    songplays.session_id,
    songplays.location,
    songplays.user_agent
from songplays
left join songs on songplays.song_id = songs.song_id
left join artists on songplays.artist_id = artists.artist_id
left join users on songplays.user_id = users.user_id
where songplays.songplay_id = :songplay_id;
