-- Teams as groups.
-- Grain: one row per team, deleted ones included.
{{ config(enabled=is_vendor_used("intercom")) }}
with teams as ({{ newest_rows("intercom", "teams", newest_by="_dlt_load_id") }})
select
    cast(id as string) as group_id,
    cast(nullif(trim(name), '') as string) as group_name,
    coalesce(is_vanished, false) as is_deleted,
    {{ loaded_at() }} as _loaded_at
from teams
