"""The functions of Redshift that PostgreSQL lacks, in PostgreSQL's SQL."""

FUNCTIONS = """
create function pg_catalog.datediff(
    unit text, start_time timestamp, end_time timestamp
)
returns bigint language sql immutable parallel safe as $$
    select case
        when unit like 'year%' then
            extract(year from end_time) - extract(year from start_time)
        when unit like 'quarter%' then
            extract(year from end_time) * 4 + extract(quarter from end_time)
            - extract(year from start_time) * 4 - extract(quarter from start_time)
        when unit like 'month%' then
            extract(year from end_time) * 12 + extract(month from end_time)
            - extract(year from start_time) * 12 - extract(month from start_time)
        else
            extract(epoch from date_trunc(unit, end_time))
            - extract(epoch from date_trunc(unit, start_time))
    end::numeric / case
        when unit like 'week%' then 604800
        when unit like 'day%' then 86400
        when unit like 'hour%' then 3600
        when unit like 'minute%' then 60
        when unit like 'millisecond%' then 0.001
        when unit like 'microsecond%' then 0.000001
        else 1
    end::numeric
$$;

create function pg_catalog.dateadd(
    unit text, amount double precision, start_time timestamp
)
returns timestamp language sql immutable parallel safe as $$
    select start_time + trunc(amount) * cast(
        case when unit like 'quarter%' then '3 months' else '1 ' || unit end as interval
    )
$$;

create function pg_catalog.pg_last_copy_count()
returns bigint language sql stable as $$
    select coalesce(nullif(current_setting('redshift.copy_count', true), ''), '0')
        ::bigint
$$;

create function pg_catalog.pg_last_copy_id()
returns bigint language sql stable as $$
    select coalesce(nullif(current_setting('redshift.copy_id', true), ''), '-1')::bigint
$$;
"""
