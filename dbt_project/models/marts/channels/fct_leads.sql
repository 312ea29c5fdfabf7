-- People whom the CRM called a lead, by which channel they came first, and how far they
-- got. Who reaches a later step has passed those before it.
-- Grain: one row per customer_key: somebody who becomes a lead again, or is known
-- twice, is no new lead.
with
    records as (select * from {{ ref("int_lead_records") }}),
    deal_customers as (select * from {{ ref("int_deal_customers") }}),
    deals as (select * from {{ ref("fct_deals") }}),
    sessions as (
        select * from {{ ref("fct_sessions") }} where customer_key is not null
    ),
    event_touches as (select * from {{ ref("int_marketing_event_touches") }}),
    channel_sources as (
        select * from {{ ref("channel_sources") }} where source_type = 'lead_source'
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by customer_key
                order by
                    coalesce(lead_at, created_at) asc nulls last,
                    vendor asc nulls last,
                    record_id asc nulls last
            ) as record_number
        from records
    ),
    people as (
        select
            customer_key,
            max(case when record_number = 1 then contact_key end) as contact_key,
            max(case when record_number = 1 then employee_key end) as employee_key,
            max(case when record_number = 1 then source_name end) as crm_source_name,
            -- A converted lead and its contact are one record, and so are merged ones.
            count(
                distinct case when lead_at is not null then contact_key end
            ) as lead_record_count,
            min(lead_at) as lead_at,
            min(qualified_at) as qualified_at
        from ranked
        group by customer_key
    ),
    opportunities as (
        select
            deal_customers.customer_key,
            count(*) as deal_count,
            count(
                case when deals.is_won and not deals.has_future_close_date then 1 end
            ) as won_deal_count,
            min(deals.created_at) as opportunity_at,
            min(
                case
                    when deals.is_won and not deals.has_future_close_date
                    then greatest(deals.closed_at, deals.created_at)
                end
            ) as won_at
        from deal_customers
        inner join deals on deal_customers.deal_key = deals.deal_key
        group by deal_customers.customer_key
    ),
    leads as (
        select
            people.*,
            opportunities.opportunity_at,
            opportunities.won_at,
            coalesce(opportunities.deal_count, 0) as deal_count,
            coalesce(opportunities.won_deal_count, 0) as won_deal_count,
            least(
                people.lead_at, people.qualified_at, opportunities.opportunity_at
            ) as first_lead_at,
            least(
                people.qualified_at, opportunities.opportunity_at
            ) as first_qualified_at
        from people
        left join opportunities on people.customer_key = opportunities.customer_key
    ),
    touches as (
        select
            customer_key,
            session_key,
            cast(null as string) as marketing_event_key,
            channel_group_name,
            campaign_name,
            started_at as touched_at
        from sessions
        union all
        select
            customer_key,
            cast(null as string) as session_key,
            marketing_event_key,
            channel_group_name,
            cast(null as string) as campaign_name,
            touched_at
        from event_touches
    ),
    first_touches as (
        select
            touches.*,
            row_number() over (
                partition by touches.customer_key
                order by
                    touches.touched_at asc nulls last,
                    touches.session_key asc nulls last,
                    touches.marketing_event_key asc nulls last
            ) as touch_number
        from touches
        inner join
            leads
            on touches.customer_key = leads.customer_key
            and touches.touched_at <= leads.first_lead_at
    )
select
    cast(leads.customer_key as string) as customer_key,
    cast(leads.contact_key as string) as contact_key,
    cast(leads.employee_key as string) as employee_key,
    cast(first_touches.session_key as string) as session_key,
    cast(first_touches.marketing_event_key as string) as marketing_event_key,
    cast(
        coalesce(
            first_touches.channel_group_name,
            channel_sources.channel_group_name,
            case when leads.crm_source_name is not null then 'unassigned' end,
            'unknown'
        ) as string
    ) as first_channel_group_name,
    cast(
        case
            when first_touches.marketing_event_key is not null
            then 'marketing_event'
            when first_touches.session_key is not null
            then 'visit'
            when leads.crm_source_name is not null
            then 'crm'
            else 'none'
        end as string
    ) as evidence_type,
    cast(lower(first_touches.campaign_name) as string) as campaign_name,
    cast(leads.crm_source_name as string) as crm_source_name,
    cast(greatest(leads.lead_record_count - 1, 0) as bigint) as recycled_lead_count,
    cast(leads.deal_count as bigint) as deal_count,
    cast(leads.won_deal_count as bigint) as won_deal_count,
    {{ local_date("leads.first_lead_at") }} as lead_date,
    {{ local_date("leads.first_qualified_at") }} as qualified_date,
    {{ local_date("leads.opportunity_at") }} as opportunity_date,
    {{ local_date("leads.won_at") }} as won_date,
    cast(first_touches.touched_at as timestamp) as touched_at,
    cast(leads.first_lead_at as timestamp) as lead_at,
    cast(leads.first_qualified_at as timestamp) as qualified_at,
    cast(leads.opportunity_at as timestamp) as opportunity_at,
    cast(leads.won_at as timestamp) as won_at
from leads
left join
    first_touches
    on leads.customer_key = first_touches.customer_key
    and first_touches.touch_number = 1
left join channel_sources on leads.crm_source_name = channel_sources.source_name
where leads.first_lead_at is not null
