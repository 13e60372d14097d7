-- warn: No song was played on the days before this one, back to the last that had any.
with
days as (
    select distinct cast(start_time as date) as play_date
    from time
),

steps as (
    select
        play_date,
        lag(play_date) over (order by play_date asc) as previous_date
    from days
)

select
    play_date,
    previous_date
from steps
where datediff(day, previous_date, play_date) > 1;
