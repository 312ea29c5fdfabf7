-- K26: surveys of tickets under the group and the agent that they name and the priority
-- of the time.
-- Grain: one row per ticket_key that was offered a survey.
with
    surveys as (select * from {{ ref("int_ticket_satisfaction") }}),
    tickets as (select * from {{ ref("fct_tickets") }}),
    intervals as (select * from {{ ref("fct_ticket_intervals") }})
select
    cast(surveys.ticket_key as string) as ticket_key,
    cast(surveys.vendor as string) as vendor,
    cast(coalesce(surveys.group_id, intervals.group_id) as string) as group_id,
    cast(intervals.priority_type as string) as priority_type,
    cast(tickets.channel_name as string) as channel_name,
    cast(coalesce(surveys.assignee_id, intervals.assignee_id) as string) as assignee_id,
    cast(coalesce(tickets.organization_key, 'none') as string) as organization_key,
    cast(surveys.score_type as string) as score_type,
    cast({{ local_date("surveys.offered_at") }} as date) as offered_date
from surveys
inner join tickets on surveys.ticket_key = tickets.ticket_key
inner join
    intervals
    on surveys.ticket_key = intervals.ticket_key
    and surveys.offered_at >= intervals.started_at
    and surveys.offered_at
    < coalesce(intervals.ended_at, cast('9999-12-31' as timestamp))
