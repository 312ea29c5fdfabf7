-- K30: how many customers were in which band of health at the end of each month.
-- Grain: one row per (period_type, health_month, scope_type, scope_name, band_name);
-- a band that nobody is in has its row.
with
    dates as (select * from {{ ref("int_health_dates") }}),
    scores as (select * from {{ ref("int_health_scores") }}),
    bands as (select band_name from {{ ref("health_bands") }}),
    {% set scopes = {
        "total": "'all'",
        "region": "region_name",
        "age_group": "age_group_name",
    } %}
    scoped as (
        {% for scope_type, scope_name in scopes.items() %}
            select
                evaluation_date,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                band_name,
                health_score,
                coverage_share
            from scores
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    sums as (
        select
            evaluation_date,
            scope_type,
            scope_name,
            count(*) as scope_customer_count,
            avg(health_score) as average_health_score,
            avg(coverage_share) as average_coverage_share
        from scoped
        group by evaluation_date, scope_type, scope_name
    ),
    counts as (
        select
            evaluation_date,
            scope_type,
            scope_name,
            band_name,
            count(*) as customer_count
        from scoped
        group by evaluation_date, scope_type, scope_name, band_name
    ),
    final as (
        select
            dates.period_type,
            dates.health_month,
            dates.is_complete,
            sums.*,
            bands.band_name,
            coalesce(counts.customer_count, 0) as customer_count
        from dates
        inner join sums on dates.evaluation_date = sums.evaluation_date
        cross join bands
        left join
            counts
            on sums.evaluation_date = counts.evaluation_date
            and sums.scope_type = counts.scope_type
            and sums.scope_name = counts.scope_name
            and bands.band_name = counts.band_name
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(band_name as string) as band_name,
    is_complete,
    cast(customer_count as bigint) as customer_count,
    cast(scope_customer_count as bigint) as scope_customer_count,
    {{ safe_ratio("customer_count", "scope_customer_count") }} as customer_share,
    round(cast(average_health_score as double), 6) as average_health_score,
    round(cast(average_coverage_share as double), 6) as average_coverage_share,
    cast(health_month as date) as health_month,
    cast(evaluation_date as date) as evaluation_date
from final
