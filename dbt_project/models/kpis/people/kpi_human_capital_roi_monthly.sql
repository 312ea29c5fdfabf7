-- K79: what a unit of people cost brings in, by month and over twelve months:
-- (revenue - (operating expense - people cost)) / people cost, from the ledger. K78's
-- people cost against revenue stands beside it.
-- Grain: one row per (period_type, ledger_month), without gaps from the ledger's first
-- month on, in the calendar in which it is booked.
{% set parts = ["revenue", "operating_expense", "people_cost"] %}
with
    entries as (select * from {{ ref("fct_ledger_entries") }}),
    first_months as (
        select period_type, min(entry_month) as first_month
        from entries
        group by period_type
    ),
    months as (
        select periods.period_type, periods.period_start_date, periods.is_complete
        from {{ ref("int_periods") }} as periods
        inner join
            first_months
            on periods.period_type = first_months.period_type
            and periods.period_start_date >= first_months.first_month
    ),
    summed as (
        select
            period_type,
            entry_month,
            sum(
                case when account_type = 'revenue' then entry_amount_base else 0 end
            ) as revenue_amount,
            sum(
                case
                    when
                        account_type
                        in ('cost_of_sales', 'operating_expense', 'people_cost')
                    then entry_amount_base
                    else 0
                end
            ) as operating_expense_amount,
            sum(
                case when account_type = 'people_cost' then entry_amount_base else 0 end
            ) as people_cost_amount,
            sum(
                case
                    when account_type = 'cost_of_sales' then entry_amount_base else 0
                end
            ) as cost_of_sales_amount,
            sum(
                case when account_type = 'other' then entry_amount_base else 0 end
            ) as other_amount,
            count(*) filter (where account_type = 'revenue') as revenue_count,
            count(*) filter (where entry_amount_base is null) as unconverted_count
        from entries
        group by period_type, entry_month
    ),
    filled as (
        select
            months.period_type,
            months.period_start_date as ledger_month,
            months.is_complete,
            -- A ledger without revenue is not whole.
            coalesce(summed.revenue_count, 0) > 0 as has_ledger,
            summed.revenue_amount,
            summed.operating_expense_amount,
            summed.people_cost_amount,
            summed.cost_of_sales_amount,
            summed.other_amount,
            summed.unconverted_count
        from months
        left join
            summed
            on months.period_type = summed.period_type
            and months.period_start_date = summed.entry_month
    ),
    -- What could not be converted would be missing from one part of a ratio alone.
    judged as (
        select *, has_ledger and coalesce(unconverted_count, 0) = 0 as is_whole
        from filled
    ),
    final as (
        select
            judged.*,
            count(case when is_whole then 1 end) over twelve_months
            = 12 as has_twelve_months,
            {% for part in parts %}
                sum({{ part }}_amount) over twelve_months as year_{{ part }}_amount
                {% if not loop.last %}, {% endif %}
            {% endfor %}
        from judged
        window
            twelve_months as (
                partition by period_type
                order by ledger_month asc nulls last
                rows between 11 preceding and current row
            )
    )
select
    cast(period_type as string) as period_type,
    cast(ledger_month as date) as ledger_month,
    is_complete,
    has_ledger,
    has_twelve_months,
    cast(revenue_amount as decimal(18, 2)) as revenue_amount_base,
    cast(operating_expense_amount as decimal(18, 2)) as operating_expense_amount_base,
    cast(people_cost_amount as decimal(18, 2)) as people_cost_amount_base,
    cast(cost_of_sales_amount as decimal(18, 2)) as cost_of_sales_amount_base,
    cast(other_amount as decimal(18, 2)) as other_amount_base,
    cast(unconverted_count as bigint) as unconverted_count,
    cast(
        revenue_amount
        - (operating_expense_amount - people_cost_amount) as decimal(18, 2)
    ) as people_return_amount_base,
    case
        when is_whole and people_cost_amount > 0
        then
            {{
                safe_ratio(
                    "(revenue_amount - (operating_expense_amount - people_cost_amount))",
                    "people_cost_amount",
                )
            }}
    end as human_capital_roi,
    case
        when is_whole and revenue_amount > 0 and people_cost_amount <> 0
        then {{ safe_ratio("people_cost_amount", "revenue_amount") }}
    end as people_cost_to_revenue_rate,
    {% for part in parts %}
        cast(
            case when has_twelve_months then year_{{ part }}_amount end as decimal(
                18, 2
            )
        ) as twelve_month_{{ part }}_amount_base,
    {% endfor %}
    case
        when has_twelve_months and year_people_cost_amount > 0
        then
            {{
                safe_ratio(
                    "(year_revenue_amount"
                    " - (year_operating_expense_amount - year_people_cost_amount))",
                    "year_people_cost_amount",
                )
            }}
    end as twelve_month_human_capital_roi
from final
