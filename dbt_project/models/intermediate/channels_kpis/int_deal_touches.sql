-- Which channels and marketing events a deal came by or was touched by (K63).
-- Grain: one row per (deal_key, scope_type, scope_name). A deal has one channel that it
-- came by, and any number that touched its people in the days before it was created.
with
    deals as (select * from {{ ref("fct_deals") }}),
    deal_customers as (select * from {{ ref("int_deal_customers") }}),
    leads as (select * from {{ ref("fct_leads") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    event_touches as (select * from {{ ref("int_marketing_event_touches") }}),
    -- The one of its people who came first.
    ranked as (
        select
            deal_customers.deal_key,
            leads.first_channel_group_name,
            leads.marketing_event_key,
            row_number() over (
                partition by deal_customers.deal_key
                order by
                    leads.lead_at asc nulls last,
                    coalesce(leads.touched_at, leads.lead_at) asc nulls last,
                    leads.first_channel_group_name asc nulls last,
                    leads.customer_key asc nulls last
            ) as person_number
        from deal_customers
        inner join leads on deal_customers.customer_key = leads.customer_key
    ),
    event_names as (
        select marketing_event_key, min(event_name) as event_name
        from event_touches
        group by marketing_event_key
    ),
    sources as (
        select
            deals.deal_key,
            coalesce(ranked.first_channel_group_name, 'unknown') as channel_group_name,
            event_names.event_name
        from deals
        left join
            ranked on deals.deal_key = ranked.deal_key and ranked.person_number = 1
        left join
            event_names on ranked.marketing_event_key = event_names.marketing_event_key
    ),
    influences as (
        select
            deal_customers.deal_key,
            sessions.channel_group_name,
            cast(null as string) as event_name
        from deal_customers
        inner join
            sessions
            on deal_customers.customer_key = sessions.customer_key
            and deal_customers.created_at >= sessions.started_at
            and deal_customers.created_at - interval {{ var("attribution_days") }} day
            < sessions.started_at
        union all
        select
            deal_customers.deal_key,
            event_touches.channel_group_name,
            event_touches.event_name
        from deal_customers
        inner join
            event_touches
            on deal_customers.customer_key = event_touches.customer_key
            and deal_customers.created_at >= event_touches.touched_at
            and deal_customers.created_at
            - interval {{ var("event_attribution_days") }} day
            < event_touches.touched_at
    ),
    scoped as (
        select
            deal_key,
            'channel' as scope_type,
            channel_group_name as scope_name,
            1 as source_flag,
            0 as influence_flag
        from sources
        union all
        select
            deal_key,
            'marketing_event' as scope_type,
            event_name as scope_name,
            1 as source_flag,
            0 as influence_flag
        from sources
        where event_name is not null
        union all
        select
            deal_key,
            'channel' as scope_type,
            channel_group_name as scope_name,
            0 as source_flag,
            1 as influence_flag
        from influences
        union all
        select
            deal_key,
            'marketing_event' as scope_type,
            event_name as scope_name,
            0 as source_flag,
            1 as influence_flag
        from influences
        where event_name is not null
    )
select
    cast(deal_key as string) as deal_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(max(source_flag) = 1 as boolean) as is_source,
    cast(max(influence_flag) = 1 as boolean) as is_influence
from scoped
group by deal_key, scope_type, scope_name
