-- K85, K86: each buyer's history as models of purchases want it, once up to now and
-- once
-- up to a day before, with what came after it to score them by.
-- Grain: one row per (history_type, customer_key) with a purchase until then. The
-- hold-out is the last half of all days, at most a year; values are net sales before
-- returns.
with
    purchases as (
        select
            purchases.*,
            coalesce(purchases.net_sales_amount_base, 0) as value_amount_base,
            purchases.purchase_number > 1 as is_repeat
        from {{ ref("int_purchases") }} as purchases
    ),
    months as (select calendar_date, calendar_month from {{ ref("dim_dates") }}),
    span as (
        select
            least(
                365,
                cast(
                    floor(
                        ({{ days_between("min(purchase_date)", as_of_date()) }} + 1) / 2
                    ) as int
                )
            ) as hold_out_days
        from purchases
    ),
    ends as (
        select
            'whole' as history_type,
            {{ as_of_date() }} as observed_until_date,
            0 as hold_out_days
        union all
        select
            'calibration' as history_type,
            cast({{ as_of_date() }} - hold_out_days as date) as observed_until_date,
            hold_out_days
        from span
    ),
    histories as (
        select
            ends.history_type,
            ends.observed_until_date,
            ends.hold_out_days,
            purchases.customer_key,
            min(purchases.purchase_date) as first_purchase_date,
            max(
                case
                    when purchases.purchase_date <= ends.observed_until_date
                    then purchases.purchase_date
                end
            ) as last_purchase_date,
            sum(
                case
                    when
                        purchases.is_repeat
                        and purchases.purchase_date <= ends.observed_until_date
                    then 1
                    else 0
                end
            ) as repeat_purchase_count,
            sum(
                case
                    when
                        purchases.is_repeat
                        and purchases.purchase_date <= ends.observed_until_date
                    then purchases.value_amount_base
                    else 0
                end
            ) as repeat_value_amount_base,
            sum(
                case
                    when
                        purchases.is_repeat
                        and purchases.purchase_date <= ends.observed_until_date
                        and purchases.net_sales_amount_base is not null
                    then 1
                    else 0
                end
            ) as valued_purchase_count,
            sum(
                case
                    when purchases.purchase_date > ends.observed_until_date
                    then 1
                    else 0
                end
            ) as later_purchase_count,
            sum(
                case
                    when purchases.purchase_date > ends.observed_until_date
                    then purchases.value_amount_base
                    else 0
                end
            ) as later_value_amount_base
        from purchases
        cross join ends
        group by
            ends.history_type,
            ends.observed_until_date,
            ends.hold_out_days,
            purchases.customer_key
    )
select
    cast(histories.history_type as string) as history_type,
    cast(histories.customer_key as string) as customer_key,
    cast(histories.repeat_purchase_count as bigint) as repeat_purchase_count,
    cast(
        {{
            days_between(
                "histories.first_purchase_date", "histories.last_purchase_date"
            )
        }} as double
    )
    / 7 as recency_weeks,
    cast(
        {{
            days_between(
                "histories.first_purchase_date", "histories.observed_until_date"
            )
        }} as double
    )
    / 7 as observed_weeks,
    cast(
        histories.repeat_value_amount_base as decimal(18, 6)
    ) as repeat_value_amount_base,
    {{
        safe_ratio(
            "histories.repeat_value_amount_base", "histories.valued_purchase_count"
        )
    }} as mean_repeat_value,
    cast(histories.hold_out_days as double) / 7 as later_weeks,
    cast(histories.later_purchase_count as bigint) as later_purchase_count,
    cast(
        histories.later_value_amount_base as decimal(18, 6)
    ) as later_value_amount_base,
    cast(months.calendar_month as date) as cohort_month,
    cast(histories.first_purchase_date as date) as first_purchase_date,
    cast(histories.observed_until_date as date) as observed_until_date
from histories
inner join months on histories.first_purchase_date = months.calendar_date
where histories.last_purchase_date is not null
