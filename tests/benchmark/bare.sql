-- What a person would write in an hour: the same tables by DuckDB alone, without rules,
-- quarantine, counts, checks or flattened files. :source is a folder.
create table staging_events as
select *
from read_json(
    getvariable('source') || '/log_data/*/*/*.json',
    format = 'newline_delimited',
    columns = {
        artist: 'varchar', auth: 'varchar', "firstName": 'varchar', gender: 'varchar',
        "itemInSession": 'integer', "lastName": 'varchar', length: 'double',
        level: 'varchar', location: 'varchar', method: 'varchar', page: 'varchar',
        registration: 'double', "sessionId": 'bigint', song: 'varchar',
        status: 'integer', ts: 'bigint', "userAgent": 'varchar', "userId": 'varchar'
    }
);

create table staging_songs as
select *
from read_json(
    getvariable('source') || '/song_data/*/*/*/*.json',
    format = 'newline_delimited',
    columns = {
        artist_id: 'varchar', artist_latitude: 'double', artist_location: 'varchar',
        artist_longitude: 'double', artist_name: 'varchar', duration: 'double',
        num_songs: 'integer', song_id: 'varchar', title: 'varchar', year: 'integer'
    }
);

create view plays as
select
    concat_ws('-', "userId", "sessionId", "itemInSession") as songplay_id,
    epoch_ms(ts) as start_time,
    "userId" as user_id,
    level,
    "sessionId" as session_id,
    location,
    "userAgent" as user_agent,
    song as title,
    artist as artist_name,
    length
from staging_events
where page = 'NextSong' and "userId" <> '';

create temporary table tracks as
with
logged as (
    select title, artist_name, length, count(*) as plays
    from plays
    group by all
),

matches as (
    select logged.title, logged.artist_name, logged.length, song_id, artist_id
    from logged
    inner join staging_songs using (title, artist_name)
    qualify row_number() over (
        partition by logged.title, logged.artist_name, logged.length
        order by abs(duration - logged.length) nulls last, song_id
    ) = 1
),

known_artists as (
    select artist_name, min(artist_id) as artist_id
    from staging_songs
    group by all
)

select
    logged.*,
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
    on logged.title = matches.title
    and logged.artist_name = matches.artist_name
    and logged.length is not distinct from matches.length
left join known_artists on logged.artist_name = known_artists.artist_name;

create table songplays as
select
    songplay_id, start_time, user_id, level, song_id, artist_id, session_id, location,
    user_agent
from plays
inner join tracks
    on plays.title = tracks.title
    and plays.artist_name = tracks.artist_name
    and plays.length is not distinct from tracks.length
order by start_time;

create table users as
select
    "userId" as user_id,
    arg_max("firstName", ts) as first_name,
    arg_max("lastName", ts) as last_name,
    arg_max(gender, ts) as gender,
    arg_max(level, ts) as level
from staging_events
where "userId" <> ''
group by all;

create table songs as
select
    song_id, title, artist_id, nullif(year, 0) as year, duration, false as is_inferred
from staging_songs
union all
select
    song_id, any_value(title), any_value(artist_id), null, arg_max(length, plays), true
from tracks
where is_inferred
group by song_id;

create table artists as
select
    artist_id,
    arg_min(artist_name, song_id) as name,
    arg_min(artist_location, song_id) as location,
    arg_min(artist_latitude, song_id) as latitude,
    arg_min(artist_longitude, song_id) as longitude,
    false as is_inferred
from staging_songs
group by all
union all
select artist_id, any_value(artist_name), null, null, null, true
from tracks
where is_inferred_artist
group by artist_id;

create table time as
select
    start_time,
    hour(start_time) as hour,
    day(start_time) as day,
    week(start_time) as week,
    month(start_time) as month,
    year(start_time) as year,
    dayofweek(start_time) as weekday
from (select distinct start_time from plays);

create table session_days as
select
    cast(start_time as date) as play_date,
    user_id,
    session_id,
    level,
    location,
    user_agent,
    count(*) as plays,
    count(*) filter (not is_inferred) as matched_plays,
    min(start_time) as first_start,
    max(start_time) as last_start,
    max(
        start_time
        + to_milliseconds(cast(floor(coalesce(duration, 0) * 1000) as bigint))
    ) as last_end
from songplays
inner join songs using (song_id)
group by all
order by play_date;
