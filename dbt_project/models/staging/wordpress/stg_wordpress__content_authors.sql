-- The site's users; the author of a post may be none of them any more.
-- Grain: one row per user.
{{ config(enabled=is_vendor_used("wordpress")) }}
with users as ({{ newest_rows("wordpress", "users", newest_by="_dlt_load_id") }})
select
    cast(id as string) as author_id,
    cast(nullif({{ plain_text("trim(name)") }}, '') as string) as full_name,
    cast(nullif(lower(trim(email)), '') as string) as email,
    cast(slug as string) as author_slug,
    coalesce(roles, '[]') <> '[]' and not is_vanished as is_active,
    {{ loaded_at() }} as _loaded_at
from users
