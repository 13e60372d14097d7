-- How much was played in all, by how many, and how much of it does the catalogue hold?
-- One row.
select
    count(*) as plays,
    count(distinct songplays.user_id) as listeners,
    count(distinct songplays.user_id || '-' || songplays.session_id) as sessions,
    min(songplays.start_time) as first_play,
    max(songplays.start_time) as last_play,
    avg(case when songplays.level = 'paid' then 1.0 else 0.0 end) as paid_share,
    avg(case when songs.is_inferred then 0.0 else 1.0 end) as match_rate
from songplays
inner join songs on songplays.song_id = songs.song_id;
