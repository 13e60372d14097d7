-- error: The star lacks a user, a song or an artist of the staged rows, or it has
-- another one that is not inferred.
with
staged as (
    select distinct
        'users' as table_name,
        user_id as member_id
    from staging_events
    where user_id <> ''
    union all
    select
        'songs' as table_name,
        song_id as member_id
    from staging_songs
    union all
    select distinct
        'artists' as table_name,
        artist_id as member_id
    from staging_songs
),

arrived as (
    select
        'users' as table_name,
        user_id as member_id
    from users
    union all
    select
        'songs' as table_name,
        song_id as member_id
    from songs
    where not is_inferred
    union all
    select
        'artists' as table_name,
        artist_id as member_id
    from artists
    where not is_inferred
)

select
    coalesce(staged.table_name, arrived.table_name) as table_name,
    coalesce(staged.member_id, arrived.member_id) as member_id,
    count(staged.member_id) as staged_rows,
    count(arrived.member_id) as star_rows
from staged
full outer join arrived
    on
        staged.table_name = arrived.table_name
        and staged.member_id = arrived.member_id
where staged.member_id is null or arrived.member_id is null
group by
    coalesce(staged.table_name, arrived.table_name),
    coalesce(staged.member_id, arrived.member_id);
