-- The site's staff; who left keeps his articles.
-- Grain: one row per user.
{{ config(enabled=is_vendor_used("ghost")) }}
with users as ({{ newest_rows("ghost", "users") }})
select
    cast(id as string) as author_id,
    cast(nullif(trim(name), '') as string) as full_name,
    cast(nullif(lower(trim(email)), '') as string) as email,
    cast(slug as string) as author_slug,
    coalesce(status, 'active') not in ('inactive', 'locked')
    and not is_vanished as is_active,
    {{ loaded_at() }} as _loaded_at
from users
