-- Ratings that were offered; one row changes from offered to good or bad.
-- Grain: one row per rating id, newest version.
{{ config(enabled=is_vendor_used("zendesk")) }}
with ratings as ({{ newest_rows("zendesk", "satisfaction_ratings") }})
select
    cast(id as string) as rating_id,
    cast(ticket_id as string) as ticket_id,
    cast(requester_id as string) as requester_id,
    cast(assignee_id as string) as assignee_id,
    cast(group_id as string) as group_id,
    -- Some answers say `good_with_comment`.
    cast(split_part(score, '_', 1) as string) as score_type,
    cast(nullif(trim(comment), '') as string) as comment_text,
    cast(created_at as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from ratings
where split_part(score, '_', 1) in ('offered', 'good', 'bad') and ticket_id is not null
