-- Groups of agents, deleted ones included. Grain: one row per group id, newest version.
{{ config(enabled=is_vendor_used("zendesk")) }}
with support_groups as ({{ newest_rows("zendesk", "groups") }})
select
    cast(id as string) as group_id,
    cast(nullif(trim(name), '') as string) as group_name,
    coalesce(deleted, false) or is_vanished as is_deleted,
    {{ loaded_at() }} as _loaded_at
from support_groups
