-- Tickets as Zendesk says them: deleted, scrubbed, merged and spam tickets included.
-- Grain: one row per ticket id, newest version.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    tickets as (
        {{ newest_rows("zendesk", "tickets", newest_by="generated_timestamp") }}
    ),
    users as ({{ newest_rows("zendesk", "users") }}),
    merged_tickets as (select * from {{ ref("stg_zendesk__merged_tickets") }}),
    flagged as (
        select
            tickets.*,
            merged_tickets.merged_into_ticket_id,
            coalesce(tickets.status = 'deleted', false)
            or tickets.is_vanished as is_deleted,
            merged_tickets.merged_into_ticket_id is not null
            or coalesce(
                cast(tickets.tags as string) like '%"closed_by_merge"%', false
            ) as is_merged,
            -- Marking as spam deletes the ticket and suspends whoever wrote it.
            coalesce(tickets.status = 'deleted' and users.suspended, false) as is_spam
        from tickets
        left join merged_tickets on tickets.id = merged_tickets.ticket_id
        left join users on tickets.requester_id = users.id
    )
select
    cast(id as string) as ticket_id,
    cast(requester_id as string) as requester_id,
    cast(organization_id as string) as organization_id,
    cast(assignee_id as string) as assignee_id,
    cast(group_id as string) as group_id,
    cast(brand_id as string) as brand_id,
    cast(nullif(trim(subject), '') as string) as subject,
    cast(via_channel as string) as channel_name,
    cast(type as string) as ticket_type,
    cast(priority as string) as priority_type,
    -- Custom statuses belong to one of these categories, which `status` says.
    cast(case when not is_deleted then status end as string) as status_type,
    is_deleted,
    is_merged,
    is_spam,
    cast(coalesce(cast(tags as string), '[]') as string) as tags,
    cast(merged_into_ticket_id as string) as merged_into_ticket_id,
    cast(due_at as timestamp) as due_at,
    cast(created_at as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from flagged
