-- Tickets with their agent, customer, organization and day, for BI.
-- Grain: one row per ticket_key. Rep is the agent who has the ticket now, team its
-- group, region the customer's.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    organizations as (select * from {{ ref("dim_organizations") }}),
    agents as (
        select * from {{ ref("dim_people_records") }} where record_type = 'agent'
    ),
    people as (select * from {{ ref("dim_people") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    tickets.ticket_key,
    tickets.customer_key,
    tickets.organization_key,
    tickets.vendor,
    tickets.ticket_id,
    tickets.status_type,
    tickets.priority_type,
    tickets.ticket_type,
    tickets.channel_name,
    tickets.touch_type,
    tickets.satisfaction_type,
    organizations.organization_name,
    customers.country_name,
    customers.age_group_name,
    customers.segment_name,
    people.full_name as rep_full_name,
    people.email as rep_email,
    tickets.group_name as team_name,
    cast(coalesce(customers.region_name, 'unknown') as string) as region_name,
    tickets.is_solved,
    tickets.was_reopened,
    tickets.solve_count,
    tickets.reopen_count,
    tickets.reply_count,
    tickets.customer_comment_count,
    tickets.group_station_count,
    tickets.first_reply_minutes,
    tickets.first_reply_business_minutes,
    tickets.first_resolution_minutes,
    tickets.first_resolution_business_minutes,
    tickets.full_resolution_minutes,
    tickets.full_resolution_business_minutes,
    tickets.requester_wait_minutes,
    tickets.requester_wait_business_minutes,
    tickets.created_date,
    {{ calendar_columns("days") }},
    tickets.first_solved_date,
    tickets.last_solved_date,
    tickets.created_at,
    tickets.first_replied_at,
    tickets.last_solved_at
from tickets
left join customers on tickets.customer_key = customers.customer_key
left join organizations on tickets.organization_key = organizations.organization_key
left join
    agents on tickets.vendor = agents.vendor and tickets.assignee_id = agents.record_id
left join people on agents.person_key = people.person_key
left join days on tickets.created_date = days.calendar_date
