-- Empty on purpose: Intercom's API lists no SLA policies and says no targets.
-- Grain: one row per policy, metric and priority.
{{ config(enabled=is_vendor_used("intercom")) }}
select
    cast(null as string) as policy_id,
    cast(null as string) as policy_name,
    cast(null as string) as metric_name,
    cast(null as string) as priority_type,
    cast(null as bigint) as target_minutes,
    cast(null as boolean) as is_business_hours,
    cast(null as boolean) as is_deleted,
    cast(null as timestamp) as _loaded_at
from (select 1 as one) as nothing
where 1 = 0
