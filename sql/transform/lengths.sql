-- The inferred songs among the new plays, each with the length that all its plays have
-- most often; one row a song.
drop table if exists lengths;

create temporary table lengths as
with
played as (
    select distinct
        song_id,
        title,
        artist_name,
        artist_id
    from tracks
    where is_inferred
),

logged as (
    select
        played.song_id,
        played.title,
        played.artist_id,
        staging_plays.length,
        count(*) as plays
    from staging_plays
    inner join played
        on
            staging_plays.title = played.title
            and staging_plays.artist_name = played.artist_name
    group by
        played.song_id, played.title, played.artist_id, staging_plays.length
),

ranked as (
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
    from logged
)

select
    song_id,
    title,
    artist_id,
    length
from ranked
where length_rank = 1;
