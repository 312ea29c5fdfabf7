-- What channels, campaigns and marketing events cost, by type of cost, what of it is
-- committed, and what was allocated from the ledger (K60).
-- Grain: one row per (period_type, cost_month, scope_type, scope_name) with a cost.
-- Campaigns and events have only costs that name them.
{% set types = [
    "media",
    "agency",
    "tools",
    "staff_time",
    "booth",
    "travel",
    "freight",
    "other",
] %}
with
    costs as (select * from {{ ref("fct_channel_costs") }} where is_channel),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, costs.*
        from costs
        union all
        select 'channel' as scope_type, channel_group_name as scope_name, costs.*
        from costs
        union all
        select 'campaign' as scope_type, campaign_name as scope_name, costs.*
        from costs
        where campaign_name is not null
        union all
        select 'marketing_event' as scope_type, event_name as scope_name, costs.*
        from costs
        where event_name is not null
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name,
            {% for type in types %}
                sum(
                    case
                        when scoped.cost_type = '{{ type }}'
                        then coalesce(scoped.cost_amount_base, 0)
                        else 0
                    end
                ) as {{ type }}_amount,
            {% endfor %}
            sum(
                case
                    when scoped.is_committed
                    then coalesce(scoped.cost_amount_base, 0)
                    else 0
                end
            ) as committed_amount,
            sum(
                case
                    when scoped.cost_source_type = 'ledger'
                    then scoped.cost_amount_base
                    else 0
                end
            ) as allocated_amount,
            sum(coalesce(scoped.cost_amount_base, 0)) as cost_amount,
            count(*) - count(scoped.cost_amount_base) as unconverted_count,
            count(
                distinct case
                    when scoped.ledger_month is not null then scoped.cost_date
                end
            ) as ledger_day_count
        from scoped
        inner join period_days on scoped.cost_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.period_start_date as date) as cost_month,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    {% for type in types %}
        cast(final.{{ type }}_amount as decimal(18, 2)) as {{ type }}_cost_amount_base,
    {% endfor %}
    cast(
        final.cost_amount - final.committed_amount as decimal(18, 2)
    ) as actual_cost_amount_base,
    cast(final.committed_amount as decimal(18, 2)) as committed_cost_amount_base,
    cast(final.allocated_amount as decimal(18, 2)) as allocated_cost_amount_base,
    cast(final.cost_amount as decimal(18, 2)) as channel_cost_amount_base,
    cast(final.unconverted_count as bigint) as unconverted_cost_count,
    cast(final.ledger_day_count as bigint) as ledger_day_count
from final
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
