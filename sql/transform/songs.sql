-- Rebuilds the songs: those of the catalogue, and an inferred song for each played
-- title and artist that the catalogue lacks; one row a song.
delete from songs;

insert into songs (song_id, title, artist_id, year, duration, is_inferred)
with
lengths as (
    select
        song_id,
        title,
        artist_id,
        length,
        row_number() over (
            partition by song_id
            order by
                case when length is null then 1 else 0 end asc,
                plays desc,
                length asc
        ) as length_rank
    from tracks
    where is_inferred
),

inferred as (
    select
        song_id,
        title,
        artist_id,
        length
    from lengths
    where length_rank = 1
)

select
    song_id,
    title,
    artist_id,
    nullif(year, 0) as year,
    duration,
    false as is_inferred
from staging_songs
union all
select
    song_id,
    title,
    artist_id,
    null as year,
    length as duration,
    true as is_inferred
from inferred;
