-- Newsletters, archived ones included.
-- Grain: one row per newsletter.
{{ config(enabled=is_vendor_used("ghost")) }}
with newsletters as ({{ newest_rows("ghost", "newsletters") }})
select
    cast(id as string) as newsletter_id,
    cast(name as string) as newsletter_name,
    cast(
        case
            when status = 'active' and not is_vanished then 'active' else 'archived'
        end as string
    ) as status_type,
    cast(created_at as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from newsletters
