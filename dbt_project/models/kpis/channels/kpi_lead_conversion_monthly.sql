-- How many of a month's new leads became an opportunity and were won, ever and within
-- 90 and 180 days; the rates of a window are judged when it is over for all (K62).
-- Grain: one row per (period_type, lead_month, scope_type, scope_key) with a lead,
-- dated by the day that somebody became one.
{% set windows = var("lead_maturity_days") %}
with
    leads as (select * from {{ ref("fct_leads") }}),
    employees as (select * from {{ ref("dim_employees") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_key, leads.*
        from leads
        union all
        select 'channel' as scope_type, first_channel_group_name as scope_key, leads.*
        from leads
        union all
        select 'rep' as scope_type, employee_key as scope_key, leads.*
        from leads
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_key,
            count(*) as lead_count,
            count(scoped.opportunity_date) as opportunity_count,
            count(scoped.won_date) as won_count
            {%- for window in windows %}
                {%- for step in ["opportunity", "won"] %}
                    ,
                    count(
                        case
                            when
                                {{
                                    days_between(
                                        "scoped.lead_date",
                                        "scoped." ~ step ~ "_date",
                                    )
                                }} <= {{ window }}
                            then 1
                        end
                    ) as {{ step }}_within_{{ window }}_count
                {%- endfor %}
            {%- endfor %}
        from scoped
        inner join period_days on scoped.lead_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_key
    ),
    matured as (
        select
            final.*,
            periods.is_complete
            {%- for window in windows %}
                ,
                {{ days_between("periods.period_end_date", as_of_date()) }}
                > {{ window }} as is_mature_{{ window }}
            {%- endfor %}
        from final
        inner join
            periods
            on final.period_type = periods.period_type
            and final.period_start_date = periods.period_start_date
    )
select
    cast(matured.period_type as string) as period_type,
    cast(matured.period_start_date as date) as lead_month,
    cast(matured.scope_type as string) as scope_type,
    cast(matured.scope_key as string) as scope_key,
    cast(coalesce(employees.full_name, matured.scope_key) as string) as scope_name,
    cast(employees.employee_key as string) as employee_key,
    cast(employees.rep_email as string) as rep_email,
    cast(matured.is_complete as boolean) as is_complete,
    {% for window in windows %}
        cast(
            matured.is_mature_{{ window }} as boolean
        ) as is_mature_after_{{ window }}_days,
    {% endfor %}
    cast(matured.lead_count as bigint) as lead_count,
    cast(matured.opportunity_count as bigint) as opportunity_count,
    cast(matured.won_count as bigint) as won_count
    {%- for window in windows %}
        ,
        cast(
            matured.opportunity_within_{{ window }}_count as bigint
        ) as opportunity_within_{{ window }}_days_count,
        cast(
            matured.won_within_{{ window }}_count as bigint
        ) as won_within_{{ window }}_days_count,
        case
            when matured.is_mature_{{ window }}
            then
                {{
                    safe_ratio(
                        "matured.opportunity_within_" ~ window ~ "_count",
                        "matured.lead_count",
                    )
                }}
        end as lead_to_opportunity_within_{{ window }}_days_rate,
        case
            when matured.is_mature_{{ window }}
            then
                {{
                    safe_ratio(
                        "matured.won_within_" ~ window ~ "_count",
                        "matured.opportunity_within_" ~ window ~ "_count",
                    )
                }}
        end as opportunity_to_won_within_{{ window }}_days_rate,
        case
            when matured.is_mature_{{ window }}
            then
                {{
                    safe_ratio(
                        "matured.won_within_" ~ window ~ "_count",
                        "matured.lead_count",
                    )
                }}
        end as lead_to_won_within_{{ window }}_days_rate
    {%- endfor %}
from matured
left join
    employees
    on matured.scope_type = 'rep'
    and matured.scope_key = employees.employee_key
