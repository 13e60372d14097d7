-- Which artists are played most, and which rank did they have in the period before? One
-- row an artist's name, the most played first; before_rank is empty for a name that was
-- not played then, and songs counts titles. A search (its escape is ^) does not change
-- ranks or shares; it sees neither case nor accents.
with
selected as (
    select
        artist_id,
        song_id,
        case when start_time >= :start_time and start_time < :end_time then 1 end
            as is_now,
        case
            when
                start_time >= :before_start_time
                and start_time < :before_end_time
                then 1
        end as is_before
    from songplays
    where
        (
            (start_time >= :start_time and start_time < :end_time)
            or (start_time >= :before_start_time and start_time < :before_end_time)
        )
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
),

plays as (
    select
        artist_id,
        count(is_now) as plays,
        count(is_before) as before_plays
    from selected
    where :catalogue = 'all'
    group by artist_id
    union all
    select
        selected.artist_id,
        count(selected.is_now) as plays,
        count(selected.is_before) as before_plays
    from selected
    inner join songs on selected.song_id = songs.song_id
    where :catalogue <> 'all' and not songs.is_inferred
    group by selected.artist_id
),

named as (
    select
        artists.name as artist,
        cast(sum(plays.plays) as bigint) as plays,
        cast(sum(plays.before_plays) as bigint) as before_plays,
        count(case when not artists.is_inferred and plays.plays > 0 then 1 end) > 0
            as is_in_catalogue
    from plays
    inner join artists on plays.artist_id = artists.artist_id
    group by artists.name
),

ranked as (
    select
        artist,
        plays,
        before_plays,
        is_in_catalogue,
        rank() over (order by plays desc) as play_rank,
        case
            when before_plays > 0 then rank() over (order by before_plays desc)
        end as before_rank,
        cast(sum(plays) over () as bigint) as all_plays
    from named
),

shown as (
    select
        artist,
        plays,
        before_plays,
        is_in_catalogue,
        play_rank,
        before_rank,
        all_plays,
        row_number() over (order by plays desc, artist asc) as place
    from ranked
    where
        plays > 0
        and (
            :pattern = '%%'
            or translate(lower(artist), :accented, :plain) like :pattern escape '^'
        )
    order by place asc
    limit :top
),

heard as (
    select
        shown.place,
        songs.title,
        songplays.user_id
    from shown
    inner join artists on shown.artist = artists.name
    inner join songplays on artists.artist_id = songplays.artist_id
    inner join songs on songplays.song_id = songs.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
        and (:catalogue = 'all' or not songs.is_inferred)
),

listeners as (
    select
        place,
        count(distinct user_id) as listeners,
        count(distinct title) as songs
    from heard
    group by place
)

select
    shown.play_rank,
    shown.before_rank,
    shown.artist,
    shown.plays,
    shown.before_plays,
    cast(shown.plays as double precision) / shown.all_plays as share,
    listeners.listeners,
    listeners.songs,
    shown.is_in_catalogue
from shown
inner join listeners on shown.place = listeners.place
order by shown.place asc;
