-- Targets of the SLA policies as they are now.
-- Grain: one row per policy, metric and priority ('' for all).
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    policies as ({{ newest_rows("zendesk", "sla_policies") }}),
    targets as (
        select
            id,
            title,
            is_vanished,
            _dlt_load_id,
            {{ explode_json_list("policy_metrics") }} as target
        from policies
    )
select
    cast(id as string) as policy_id,
    cast(nullif(trim(title), '') as string) as policy_name,
    cast({{ json_text("target", "metric") }} as string) as metric_name,
    cast(
        coalesce({{ json_text("target", "priority") }}, '') as string
    ) as priority_type,
    cast({{ json_text("target", "target") }} as bigint) as target_minutes,
    cast({{ json_text("target", "business_hours") }} as boolean) as is_business_hours,
    is_vanished as is_deleted,
    {{ loaded_at() }} as _loaded_at
from targets
