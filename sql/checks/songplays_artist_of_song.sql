-- error: A play names another artist than its song does.
with
pairs as (
    select distinct
        song_id,
        artist_id
    from songplays
)

select
    pairs.song_id,
    pairs.artist_id
from pairs
inner join songs on pairs.song_id = songs.song_id
where pairs.artist_id <> songs.artist_id;
