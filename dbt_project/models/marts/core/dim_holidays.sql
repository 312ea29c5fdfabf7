-- Holidays as they occur, with the window in which they move sales (K7).
-- Grain: one row per (country_code, holiday_code, first_date): days of one code that
-- lie within a week are one occurrence.
with
    days as (select * from {{ ref("int_holidays") }}),
    with_gaps as (
        select
            *,
            lag(holiday_date) over (
                partition by country_code, holiday_code
                order by holiday_date asc nulls last
            ) as day_before
        from days
    ),
    numbered as (
        select
            *,
            sum(
                case
                    when {{ days_between("day_before", "holiday_date") }} <= 7
                    then 0
                    else 1
                end
            ) over (
                partition by country_code, holiday_code
                order by holiday_date asc nulls last
                rows between unbounded preceding and current row
            ) as occurrence_number
        from with_gaps
    ),
    occurrences as (
        select
            country_code,
            holiday_code,
            occurrence_number,
            min_by(holiday_name, holiday_date) as holiday_name,
            min_by(holiday_name_local, holiday_date) as holiday_name_local,
            bool_or(is_public_holiday) as is_public_holiday,
            bool_or(is_estimated) as is_estimated,
            count(*) as day_count,
            min(holiday_date) as first_date,
            max(holiday_date) as last_date
        from numbered
        group by country_code, holiday_code, occurrence_number
    ),
    final as (
        select
            *,
            lag(first_date) over (
                partition by country_code, holiday_code
                order by first_date asc nulls last
            ) as previous_first_date
        from occurrences
    )
select
    cast(
        {{
            surrogate_key(
                [
                    "country_code",
                    "holiday_code || '-' || cast(first_date as string)",
                ]
            )
        }} as string
    ) as holiday_key,
    cast(country_code as string) as country_code,
    cast(holiday_code as string) as holiday_code,
    cast(holiday_name as string) as holiday_name,
    cast(holiday_name_local as string) as holiday_name_local,
    is_public_holiday,
    is_estimated,
    cast(day_count as bigint) as day_count,
    cast(first_date as date) as first_date,
    cast(last_date as date) as last_date,
    cast(first_date - {{ var("holiday_days_before") }} as date) as window_start_date,
    cast(last_date + {{ var("holiday_days_after") }} as date) as window_end_date,
    cast(previous_first_date as date) as previous_first_date
from final
