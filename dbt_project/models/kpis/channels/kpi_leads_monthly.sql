-- New leads and newly qualified ones by first channel, and what one costs (K61).
-- Grain: one row per (period_type, lead_month, scope_type, scope_key) with a lead or a
-- cost. Leads count in the month they became one, qualified ones in the month they were
-- qualified.
with
    leads as (select * from {{ ref("fct_leads") }}),
    costs as (select * from {{ ref("fct_channel_costs") }} where is_channel),
    employees as (select * from {{ ref("dim_employees") }}),
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
    steps as (
        select
            first_channel_group_name,
            campaign_name,
            employee_key,
            1 as lead_count,
            0 as qualified_count,
            lead_date as event_date
        from leads
        union all
        select
            first_channel_group_name,
            campaign_name,
            employee_key,
            0 as lead_count,
            1 as qualified_count,
            qualified_date as event_date
        from leads
        where qualified_date is not null
    ),
    events as (
        select
            first_channel_group_name as channel_group_name,
            campaign_name,
            employee_key,
            lead_count,
            qualified_count,
            0 as cost_amount,
            0 as committed_amount,
            0 as unconverted_count,
            event_date
        from steps
        union all
        select
            channel_group_name,
            campaign_name,
            cast(null as string) as employee_key,
            0 as lead_count,
            0 as qualified_count,
            coalesce(cost_amount_base, 0) as cost_amount,
            case
                when is_committed then coalesce(cost_amount_base, 0) else 0
            end as committed_amount,
            case when cost_amount_base is null then 1 else 0 end as unconverted_count,
            cost_date as event_date
        from costs
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_key, events.*
        from events
        union all
        select 'channel' as scope_type, channel_group_name as scope_key, events.*
        from events
        union all
        select 'campaign' as scope_type, campaign_name as scope_key, events.*
        from events
        where campaign_name is not null
        union all
        select 'rep' as scope_type, employee_key as scope_key, events.*
        from events
        where employee_key is not null
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_key,
            sum(scoped.lead_count) as lead_count,
            sum(scoped.qualified_count) as qualified_count,
            sum(scoped.cost_amount) as cost_amount,
            sum(scoped.committed_amount) as committed_amount,
            sum(scoped.unconverted_count) as unconverted_count
        from scoped
        inner join period_days on scoped.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_key
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.period_start_date as date) as lead_month,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_key as string) as scope_key,
    cast(coalesce(employees.full_name, final.scope_key) as string) as scope_name,
    cast(employees.employee_key as string) as employee_key,
    cast(employees.rep_email as string) as rep_email,
    cast(periods.is_complete as boolean) as is_complete,
    cast(final.lead_count as bigint) as lead_count,
    cast(final.qualified_count as bigint) as qualified_lead_count,
    {% for name in ["cost", "committed"] %}
        -- Nobody books costs by rep.
        cast(
            case
                when final.scope_type <> 'rep' then final.{{ name }}_amount
            end as decimal(18, 2)
        ) as {{ "channel" if name == "cost" else name }}_cost_amount_base,
    {% endfor %}
    cast(final.unconverted_count as bigint) as unconverted_cost_count,
    case
        when final.scope_type <> 'rep'
        then {{ safe_ratio("final.cost_amount", "final.lead_count") }}
    end as cost_per_lead,
    case
        when final.scope_type <> 'rep'
        then {{ safe_ratio("final.cost_amount", "final.qualified_count") }}
    end as cost_per_qualified_lead
from final
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
left join
    employees on final.scope_type = 'rep' and final.scope_key = employees.employee_key
