-- Which songs are played most, and which rank did they have in the period before? One
-- row a title and artist's name, the most played first; before_rank is empty for a song
-- that was not played then. A search (its escape is ^) does not change ranks or shares;
-- it sees neither case nor accents.
with
plays as (
    select
        song_id,
        count(
            case when start_time >= :start_time and start_time < :end_time then 1 end
        ) as plays,
        count(
            case
                when
                    start_time >= :before_start_time
                    and start_time < :before_end_time
                    then 1
            end
        ) as before_plays
    from songplays
    where
        (
            (start_time >= :start_time and start_time < :end_time)
            or (start_time >= :before_start_time and start_time < :before_end_time)
        )
        and (:level = 'all' or level = :level)
        and (:metro = 'all' or location in (:metros))
        and (:device = 'all' or user_agent in (:user_agents))
    group by song_id
),

members as (
    select
        plays.song_id,
        song_names.title,
        song_names.artist,
        song_names.is_inferred,
        plays.plays,
        plays.before_plays
    from plays
    inner join song_names on plays.song_id = song_names.song_id
    where :catalogue = 'all' or not song_names.is_inferred
),

named as (
    select
        title,
        artist,
        cast(sum(plays) as bigint) as plays,
        cast(sum(before_plays) as bigint) as before_plays,
        count(case when not is_inferred and plays > 0 then 1 end) > 0 as is_in_catalogue
    from members
    group by title, artist
),

ranked as (
    select
        title,
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
        title,
        artist,
        plays,
        before_plays,
        is_in_catalogue,
        play_rank,
        before_rank,
        all_plays,
        row_number() over (order by plays desc, title asc, artist asc) as place
    from ranked
    where
        plays > 0
        and (
            :pattern = '%%'
            or translate(lower(title), :accented, :plain) like :pattern escape '^'
            or translate(lower(artist), :accented, :plain) like :pattern escape '^'
        )
    order by place asc
    limit :top
),

listening as (
    select
        shown.place,
        songplays.user_id
    from shown
    inner join members
        on shown.title = members.title and shown.artist = members.artist
    inner join songplays on members.song_id = songplays.song_id
    where
        songplays.start_time >= :start_time
        and songplays.start_time < :end_time
        and (:level = 'all' or songplays.level = :level)
        and (:metro = 'all' or songplays.location in (:metros))
        and (:device = 'all' or songplays.user_agent in (:user_agents))
    group by shown.place, songplays.user_id
),

listeners as (
    select
        place,
        count(*) as listeners
    from listening
    group by place
)

select
    shown.play_rank,
    shown.before_rank,
    shown.title,
    shown.artist,
    shown.plays,
    shown.before_plays,
    cast(shown.plays as double precision) / shown.all_plays as share,
    listeners.listeners,
    shown.is_in_catalogue
from shown
inner join listeners on shown.place = listeners.place
order by shown.place asc;
