-- K25: the share of promises that were kept, per policy and metric, against the month
-- before.
-- Grain: one row per period_type, applied_month, vendor, policy_id, metric_name and
-- scope_key.
with
    targets as (select * from {{ ref("int_sla_targets") }}),
    policies as (
        select vendor, policy_id, max(policy_name) as policy_name
        from {{ ref("int_sla_policies") }}
        group by vendor, policy_id
    ),
    windows as (select * from {{ ref("int_ticket_windows") }}),
    periods as (select * from {{ ref("int_periods") }}),
    scopes as (select * from {{ ref("int_ticket_scopes") }}),
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
            ["total", "group", "priority", "channel"],
        )
    }},
    sums as (
        select
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            scoped.vendor,
            scoped.policy_id,
            scoped.metric_name,
            scoped.scope_key,
            max(scoped.policy_name) as policy_name,
            {% for outcome in ["achieved", "breached", "active"] %}
                count(*) filter (
                    where scoped.outcome_type = '{{ outcome }}'
                ) as {{ outcome }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from scoped
        inner join windows on scoped.applied_date = windows.calendar_date
        group by
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            scoped.vendor,
            scoped.policy_id,
            scoped.metric_name,
            scoped.scope_key
    )
select
    cast(sums.period_type as string) as period_type,
    cast(sums.window_start_date as date) as applied_month,
    cast(sums.vendor as string) as vendor,
    cast(sums.policy_id as string) as policy_id,
    cast(
        coalesce(policies.policy_name, sums.policy_name, 'unknown') as string
    ) as policy_name,
    cast(sums.metric_name as string) as metric_name,
    cast(sums.scope_key as string) as scope_key,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
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
    ) as attainment_rate,
    cast(coalesce(priors.achieved_count, 0) as bigint) as prior_achieved_count,
    cast(coalesce(priors.breached_count, 0) as bigint) as prior_breached_count,
    round(
        {{
            safe_ratio(
                "priors.achieved_count",
                "(priors.achieved_count + priors.breached_count)",
            )
        }},
        6
    ) as prior_attainment_rate
from sums
left join
    policies on sums.vendor = policies.vendor and sums.policy_id = policies.policy_id
inner join
    periods
    on sums.period_type = periods.period_type
    and sums.window_start_date = periods.period_start_date
inner join scopes on sums.scope_key = scopes.scope_key
left join
    sums as priors
    on {{ is_prior_window("periods", "priors") }}
    and sums.vendor = priors.vendor
    and sums.policy_id = priors.policy_id
    and sums.metric_name = priors.metric_name
    and sums.scope_key = priors.scope_key
where not sums.is_partial
