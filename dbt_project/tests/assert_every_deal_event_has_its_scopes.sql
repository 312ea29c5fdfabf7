-- Fails if a deal is missing from the company, a region, a team or a rep: the scopes'
-- parts would not make the whole, silently.
with
    deals as (select * from {{ ref("fct_deals") }}),
    expected as (
        select deal_key, 'created' as event_type
        from deals
        union all
        select deal_key, case when is_won then 'won' else 'lost' end as event_type
        from deals
        where is_won or is_lost
        union all
        select deal_key, 'open' as event_type
        from deals
        where is_open and created_date <= {{ as_of_date() }}
    ),
    found as (
        select deal_key, event_type, count(*) as scope_count
        from {{ ref("int_deal_scopes") }}
        group by deal_key, event_type
    )
select expected.deal_key, expected.event_type, found.scope_count
from expected
full join
    found
    on expected.deal_key = found.deal_key
    and expected.event_type = found.event_type
where expected.deal_key is null or found.scope_count is null or found.scope_count <> 4
