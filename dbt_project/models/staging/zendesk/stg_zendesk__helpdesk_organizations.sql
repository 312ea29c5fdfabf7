-- Customer organizations, deleted ones included.
-- Grain: one row per organization id, newest version.
{{ config(enabled=is_vendor_used("zendesk")) }}
with organizations as ({{ newest_rows("zendesk", "organizations") }})
select
    cast(id as string) as organization_id,
    cast(nullif(trim(name), '') as string) as organization_name,
    cast(coalesce(cast(domain_names as string), '[]') as string) as domain_names,
    deleted_at is not null or is_vanished as is_deleted,
    cast(created_at as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from organizations
