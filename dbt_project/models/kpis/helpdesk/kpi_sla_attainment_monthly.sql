-- K25: the share of promises that were kept, per policy and metric.
-- Grain: one row per applied_month, vendor, policy_id, metric_name and scope_key.
with
    targets as (select * from {{ ref("int_sla_targets") }}),
    policies as (
        select vendor, policy_id, max(policy_name) as policy_name
        from {{ ref("int_sla_policies") }}
        group by vendor, policy_id
    ),
    dates as (select * from {{ ref("dim_dates") }}),
    periods as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    {{
        ticket_scopes(
            "targets",
            [
                "vendor",
                "policy_id",
                "policy_name",
                "metric_name",
                "outcome_type",
                "applied_date",
            ],
        )
    }},
    sums as (
        select
            dates.calendar_month as applied_month,
            scoped.vendor,
            scoped.policy_id,
            scoped.metric_name,
            scoped.scope_key,
            scoped.scope_type,
            max(scoped.scope_name) as scope_name,
            max(scoped.policy_name) as policy_name,
            {% for outcome in ["achieved", "breached", "active"] %}
                count(*) filter (
                    where scoped.outcome_type = '{{ outcome }}'
                ) as {{ outcome }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from scoped
        inner join dates on scoped.applied_date = dates.calendar_date
        group by
            dates.calendar_month,
            scoped.vendor,
            scoped.policy_id,
            scoped.metric_name,
            scoped.scope_key,
            scoped.scope_type
    )
select
    cast(sums.applied_month as date) as applied_month,
    cast(sums.vendor as string) as vendor,
    cast(sums.policy_id as string) as policy_id,
    cast(
        coalesce(policies.policy_name, sums.policy_name, 'unknown') as string
    ) as policy_name,
    cast(sums.metric_name as string) as metric_name,
    cast(sums.scope_key as string) as scope_key,
    cast(sums.scope_type as string) as scope_type,
    cast(sums.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(sums.achieved_count as bigint) as achieved_count,
    cast(sums.breached_count as bigint) as breached_count,
    cast(sums.active_count as bigint) as active_count,
    round(
        {{
            safe_ratio(
                "sums.achieved_count", "(sums.achieved_count + sums.breached_count)"
            )
        }},
        6
    ) as attainment_rate
from sums
left join
    policies on sums.vendor = policies.vendor and sums.policy_id = policies.policy_id
inner join periods on sums.applied_month = periods.period_start_date
