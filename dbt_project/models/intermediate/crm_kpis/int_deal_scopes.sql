-- The events of deals that KPIs count, under each scope they count for.
-- Grain: one row per deal_key, event_type and scope_key.
-- created: owner at creation. won, lost: owner at close. open: owner now.
with
    deals as (select * from {{ ref("fct_deals") }}),
    owners as (select * from {{ ref("int_deal_owner_intervals") }}),
    scopes as (select * from {{ ref("int_employee_scopes") }}),
    events as (
        select
            deals.deal_key,
            'created' as event_type,
            deals.created_date as event_date,
            deals.created_at as event_at,
            coalesce(owners.employee_key, deals.employee_key) as employee_key
        from deals
        left join
            owners
            on deals.deal_key = owners.deal_key
            and deals.created_at >= owners.valid_from_at
            and deals.created_at < owners.valid_to_at
        union all
        select
            deal_key,
            case when is_won then 'won' else 'lost' end as event_type,
            close_date as event_date,
            closed_at as event_at,
            closing_employee_key as employee_key
        from deals
        where is_won or is_lost
        union all
        select
            deal_key,
            'open' as event_type,
            {{ as_of_date() }} as event_date,
            {{ as_of() }} as event_at,
            employee_key
        from deals
        where is_open and created_date <= {{ as_of_date() }}
    )
select
    cast(events.deal_key as string) as deal_key,
    cast(events.event_type as string) as event_type,
    cast(scopes.scope_key as string) as scope_key,
    cast(scopes.scope_type as string) as scope_type,
    deals.deal_amount is null as is_without_amount,
    deals.deal_amount is not null and deals.deal_amount_base is null as is_unconverted,
    events.event_date > {{ as_of_date() }} as is_in_future,
    cast(deals.deal_amount_base as decimal(18, 2)) as deal_amount_base,
    cast(events.event_date as date) as event_date
from events
inner join deals on events.deal_key = deals.deal_key
inner join
    scopes
    on events.employee_key = scopes.employee_key
    and events.event_at >= scopes.valid_from_at
    and events.event_at < scopes.valid_to_at
