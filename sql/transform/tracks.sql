-- The songs of the new plays, with their keys: those of the catalogue's song with the
-- same title and artist and the closest duration, else keys made from the names; one
-- row a title, artist name and length as logged.
drop table if exists tracks;

create temporary table tracks as
with
logged as (
    select
        staging_plays.title,
        staging_plays.artist_name,
        staging_plays.length
    from staging_plays
    inner join fresh_objects on staging_plays.object = fresh_objects.object
    group by staging_plays.title, staging_plays.artist_name, staging_plays.length
),

candidates as (
    select
        logged.title,
        logged.artist_name,
        logged.length,
        staging_songs.song_id,
        staging_songs.artist_id,
        row_number() over (
            partition by logged.title, logged.artist_name, logged.length
            order by
                abs(staging_songs.duration - logged.length) asc nulls last,
                staging_songs.song_id asc
        ) as candidate_rank
    from logged
    inner join staging_songs
        on
            logged.title = staging_songs.title
            and logged.artist_name = staging_songs.artist_name
),

matches as (
    select
        title,
        artist_name,
        length,
        song_id,
        artist_id
    from candidates
    where candidate_rank = 1
),

known_artists as (
    select
        artist_name,
        min(artist_id) as artist_id
    from staging_songs
    group by artist_name
)

select
    logged.title,
    logged.artist_name,
    logged.length,
    coalesce(
        matches.song_id,
        'SI' || upper(left(md5(md5(logged.title) || logged.artist_name), 16))
    ) as song_id,
    coalesce(
        matches.artist_id,
        known_artists.artist_id,
        'AI' || upper(left(md5(logged.artist_name), 16))
    ) as artist_id,
    matches.song_id is null as is_inferred,
    known_artists.artist_id is null as is_inferred_artist
from logged
left join matches
    on
        logged.title = matches.title
        and logged.artist_name = matches.artist_name
        and (
            logged.length = matches.length
            or (logged.length is null and matches.length is null)
        )
left join known_artists on logged.artist_name = known_artists.artist_name;
