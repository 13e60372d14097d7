-- Which artists and songs have a name that contains a text (its escape is ^)? One row
-- an artist's name, whose title is empty, or a title and artist's name; at most :top of
-- each, the most played of all days first. It sees neither case nor accents. A name in
-- ASCII has no accents: it skips translate, which is slow.
with
folded as (
    select
        song_id,
        title,
        artist,
        case
            when octet_length(title) = length(title) then lower(title)
            else translate(lower(title), :accented, :plain)
        end as plain_title,
        case
            when octet_length(artist) = length(artist) then lower(artist)
            else translate(lower(artist), :accented, :plain)
        end as plain_artist
    from song_names
),

found as (
    select
        song_id,
        title,
        artist,
        plain_artist like :pattern escape '^' as is_artist,
        plain_title like :pattern escape '^' as is_song
    from folded
    where
        plain_artist like :pattern escape '^'
        or plain_title like :pattern escape '^'
),

heard as (
    select
        found.song_id,
        found.title,
        found.artist,
        found.is_artist,
        found.is_song,
        count(songplays.song_id) as plays
    from found
    left join songplays on found.song_id = songplays.song_id
    group by
        found.song_id, found.title, found.artist, found.is_artist, found.is_song
),

hits as (
    select
        '' as title,
        artist,
        cast(sum(plays) as bigint) as plays
    from heard
    where is_artist
    group by artist
    union all
    select
        title,
        artist,
        cast(sum(plays) as bigint) as plays
    from heard
    where is_song
    group by title, artist
),

placed as (
    select
        title,
        artist,
        plays,
        row_number() over (
            partition by title = ''
            order by plays desc, artist asc, title asc
        ) as place
    from hits
)

select
    title,
    artist,
    plays
from placed
where place <= :top
order by title = '' desc, plays desc, artist asc, title asc;
