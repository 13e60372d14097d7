-- When was one artist, or one song, played for the 1st, the 10th and the 25th time? One
-- row a milestone that was reached, whatever the filters; without a title, it is the
-- artist.
with
heard as (
    select
        songplays.start_time,
        songplays.songplay_id,
        row_number() over (
            order by songplays.start_time asc, songplays.songplay_id asc
        ) as play_number
    from song_names
    inner join songplays on song_names.song_id = songplays.song_id
    where
        song_names.artist = :artist
        and (:title = '' or song_names.title = :title)
)

select
    play_number,
    start_time
from heard
where play_number in (1, 10, 25)
order by play_number asc;
