-- K105: of the deals due in a month at its beginning, those whose date was moved out
-- of it.
-- Grain: one row per period_type, due_month and scope_key with a due deal.
with
    due as (select * from {{ ref("int_deals_due") }}),
    memberships as (
        select
            employee_key,
            scope_key,
            {{ to_local_time("valid_from_at") }} as valid_from_at,
            {{ to_local_time("valid_to_at") }} as valid_to_at
        from {{ ref("int_employee_scopes") }}
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    sums as (
        select
            due.period_type,
            due.due_month,
            memberships.scope_key,
            count(*) as due_count,
            count(*) filter (where due.was_moved_out) as slipped_count,
            count(*) filter (where due.was_won) as won_count,
            count(*) filter (where due.was_lost) as lost_count
        from due
        inner join
            memberships
            on due.employee_key = memberships.employee_key
            and cast(due.due_month as timestamp) >= memberships.valid_from_at
            and cast(due.due_month as timestamp) < memberships.valid_to_at
        group by due.period_type, due.due_month, memberships.scope_key
    ),
    final as (
        select
            cast(sums.period_type as string) as period_type,
            cast(sums.due_month as date) as due_month,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            months.is_complete,
            cast(sums.due_count as bigint) as due_count,
            cast(sums.slipped_count as bigint) as slipped_count,
            cast(sums.won_count as bigint) as won_count,
            cast(sums.lost_count as bigint) as lost_count,
            cast(
                sums.due_count
                - sums.slipped_count
                - sums.won_count
                - sums.lost_count as bigint
            ) as still_open_count,
            {{ safe_ratio("sums.slipped_count", "sums.due_count") }} as slippage_rate
        from sums
        inner join scopes on sums.scope_key = scopes.scope_key
        inner join
            months
            on sums.period_type = months.period_type
            and sums.due_month = months.period_start_date
    )
select *
from final
