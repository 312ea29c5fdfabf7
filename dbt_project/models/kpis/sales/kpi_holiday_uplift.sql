-- K7: what each holiday sold against what its days sell without it, beside the same
-- holiday the time before.
-- Grain: one row per (holiday_key, scope_type, scope_name), holidays whose window
-- began.
with
    days as (select * from {{ ref("int_uplift_days") }} where window_type = 'holiday'),
    holidays as (select * from {{ ref("dim_holidays") }}),
    overlapping as (
        select holidays.holiday_key, count(*) as overlap_count
        from holidays
        inner join
            holidays as others
            on holidays.country_code = others.country_code
            and holidays.holiday_key <> others.holiday_key
            and holidays.window_start_date <= others.window_end_date
            and holidays.window_end_date >= others.window_start_date
            and others.is_public_holiday
        group by holidays.holiday_key
    ),
    summed as (
        select
            window_key as holiday_key,
            scope_type,
            scope_name,
            min(country_name) as country_name,
            count(*) as elapsed_day_count,
            min(baseline_week_count) as baseline_week_count,
            sum(net_amount_base) as net_amount_base,
            -- One day without a baseline leaves the whole unknown.
            case
                when count(expected_amount_base) = count(*)
                then sum(expected_amount_base)
            end as expected_amount_base
        from days
        group by window_key, scope_type, scope_name
    ),
    joined as (
        select
            summed.*,
            holidays.country_code,
            holidays.holiday_code,
            holidays.holiday_name,
            holidays.is_public_holiday,
            holidays.is_estimated,
            holidays.first_date,
            holidays.last_date,
            holidays.window_start_date,
            holidays.window_end_date,
            coalesce(overlapping.overlap_count, 0) as overlap_count,
            case
                when summed.expected_amount_base > 0
                then
                    {{
                        safe_ratio(
                            "summed.net_amount_base", "summed.expected_amount_base"
                        )
                    }} - 1
            end as uplift_rate
        from summed
        inner join holidays on summed.holiday_key = holidays.holiday_key
        left join overlapping on summed.holiday_key = overlapping.holiday_key
    ),
    final as (
        select
            *,
            lag(net_amount_base) over (
                partition by country_code, holiday_code, scope_type, scope_name
                order by first_date asc nulls last
            ) as previous_net_amount_base,
            lag(uplift_rate) over (
                partition by country_code, holiday_code, scope_type, scope_name
                order by first_date asc nulls last
            ) as previous_uplift_rate,
            lag(first_date) over (
                partition by country_code, holiday_code, scope_type, scope_name
                order by first_date asc nulls last
            ) as previous_first_date
        from joined
    )
select
    cast(holiday_key as string) as holiday_key,
    cast(country_code as string) as country_code,
    cast(country_name as string) as country_name,
    cast(holiday_code as string) as holiday_code,
    cast(holiday_name as string) as holiday_name,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_public_holiday as boolean) as is_public_holiday,
    cast(is_estimated as boolean) as is_estimated,
    cast(window_end_date < {{ as_of_date() }} as boolean) as is_complete,
    cast(net_amount_base as decimal(18, 2)) as net_sales_amount_base,
    cast(expected_amount_base as decimal(18, 2)) as expected_net_sales_amount_base,
    uplift_rate,
    cast(previous_net_amount_base as decimal(18, 2)) as previous_net_sales_amount_base,
    previous_uplift_rate,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(baseline_week_count as bigint) as baseline_week_count,
    cast(overlap_count as bigint) as overlap_count,
    cast(first_date as date) as first_date,
    cast(last_date as date) as last_date,
    cast(window_start_date as date) as window_start_date,
    cast(window_end_date as date) as window_end_date,
    cast(previous_first_date as date) as previous_first_date
from final
