-- Comments of members, with the name and address that the member has now.
-- Grain: one row per comment.
{{ config(enabled=is_vendor_used("ghost")) }}
with
    events as (
        {{
            newest_rows(
                "ghost",
                "member_events",
                key=["type", "id"],
                newest_by="created_at",
            )
        }}
    ),
    members as ({{ newest_rows("ghost", "members") }})
select
    cast(events.id as string) as comment_id,
    cast(events.post_id as string) as article_id,
    cast(events.parent_id as string) as parent_comment_id,
    cast(nullif(trim(members.name), '') as string) as author_name,
    cast(nullif(lower(trim(members.email)), '') as string) as author_email,
    cast(
        case
            when coalesce(events.status, 'published') = 'published'
            then 'approved'
            -- Hidden by a moderator, or deleted.
            else 'trashed'
        end as string
    ) as status_type,
    cast(events.created_at as timestamp) as created_at,
    {{ loaded_at("events._dlt_load_id") }} as _loaded_at
from events
left join members on events.member_id = members.id
where events.type = 'comment_event'
