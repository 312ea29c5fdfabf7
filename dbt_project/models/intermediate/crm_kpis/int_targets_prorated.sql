-- Monthly targets as the parts that fall into the months and quarters of the KPIs.
-- Grain: one row per target_key and period_type; two where the month ends in another
-- Jalali month than it began. A target is spread evenly over the business days of its
-- month, over all its days when none is one. What it comes to by the end of a part is
-- rounded half up to the cent, and a part is the difference: parts make the target.
with
    targets as (
        select * from {{ ref("fct_targets") }} where target_value_base is not null
    ),
    days as (
        {% for period_type, first_day in [
            ["month", "calendar_month"],
            ["quarter", "calendar_quarter_start_date"],
            ["jalali_month", "jalali_month"],
        ] %}
            select
                '{{ period_type }}' as period_type,
                {{ first_day }} as period_start_date,
                calendar_month as target_month,
                case when is_business_day then 1 else 0 end as business_day,
                case
                    when is_business_day and calendar_date <= {{ as_of_date() }}
                    then 1
                    else 0
                end as elapsed_business_day
            from {{ ref("dim_dates") }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    parts as (
        select
            period_type,
            period_start_date,
            target_month,
            count(*) as day_count,
            sum(business_day) as business_day_count,
            sum(elapsed_business_day) as elapsed_business_day_count
        from days
        group by period_type, period_start_date, target_month
    ),
    with_totals as (
        select
            *,
            sum(business_day_count) over (
                partition by period_type, period_start_date
            ) as total_business_day_count,
            sum(business_day_count) over (
                partition by period_type, target_month
            ) as month_business_day_count
        from parts
    ),
    weighed as (
        select
            *,
            case
                when month_business_day_count > 0 then business_day_count else day_count
            end as weight
        from with_totals
    ),
    cumulated as (
        select
            *,
            sum(weight) over (partition by period_type, target_month) as month_weight,
            sum(weight) over (
                partition by period_type, target_month
                order by period_start_date asc nulls last
                rows between unbounded preceding and current row
            ) as weight_until_end
        from weighed
    ),
    -- Whole cents: a double would round a half cent either way.
    in_cents as (
        select
            targets.target_key,
            targets.target_type,
            targets.scope_type,
            targets.employee_key,
            targets.team_name,
            cumulated.*,
            cast(targets.target_value_base * 100 as bigint) as target_cents
        from targets
        inner join cumulated on targets.target_month = cumulated.target_month
    ),
    rounded as (
        select
            *,
            {% for boundary, weight in [
                ["end", "weight_until_end"],
                ["start", "(weight_until_end - weight)"],
            ] %}
                cast(
                    floor(
                        (2 * target_cents * {{ weight }} + month_weight)
                        / (2 * month_weight)
                    ) as bigint
                ) as cents_until_{{ boundary }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from in_cents
    )
select
    cast(target_key as string) as target_key,
    cast(employee_key as string) as employee_key,
    cast(scope_type as string) as scope_type,
    cast(team_name as string) as team_name,
    cast(target_type as string) as target_type,
    cast(period_type as string) as period_type,
    cast(
        (cents_until_end - cents_until_start)
        * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    ) as target_value_base,
    cast(business_day_count as bigint) as business_day_count,
    cast(elapsed_business_day_count as bigint) as elapsed_business_day_count,
    cast(total_business_day_count as bigint) as total_business_day_count,
    cast(period_start_date as date) as period_start_date,
    cast(target_month as date) as target_month
from rounded
