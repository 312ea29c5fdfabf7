-- What each component of a customer's health (K30) measures on each evaluation date.
-- Grain: one row per (evaluation_date, customer_key, component_name); no row where
-- nothing is known. Only what had happened by the end of the date counts.
{% set window_days = var("health_window_days") %}
{% set memory_days = var("health_memory_days") %}
with
    customers as (select * from {{ ref("int_health_customers") }}),
    days as (select * from {{ ref("int_health_activity_days") }}),
    customer_orders as (select * from {{ ref("fct_customer_orders") }}),
    orders as (select * from {{ ref("fct_orders") }}),
    tickets as (select * from {{ ref("fct_tickets") }} where customer_key is not null),
    intervals as (select * from {{ ref("fct_ticket_intervals") }} where is_open),
    refunds as (
        select order_key, min(refund_date) as first_refund_date
        from {{ ref("fct_refunds") }}
        group by order_key
    ),
    ratings as (
        select *, {{ surrogate_key(["vendor", "ticket_id"]) }} as ticket_key
        from {{ ref("int_satisfaction_ratings") }}
        where score_type in ('good', 'bad')
    ),
    visits as (
        select
            customers.evaluation_date,
            customers.customer_key,
            cast(coalesce(sum(days.visit_count), 0) as double) as measure_value
        from customers
        left join
            days
            on customers.customer_key = days.customer_key
            and customers.evaluation_date >= days.activity_date
            and {{ days_between("days.activity_date", "customers.evaluation_date") }}
            < {{ window_days }}
        where customers.has_visited
        group by customers.evaluation_date, customers.customer_key
    ),
    purchases as (
        select
            *,
            {{ days_between("last_order_date", "evaluation_date") }} as recency_days,
            {{ days_between("first_order_date", "last_order_date") }} as span_days
        from customers
        where purchase_count > 0
    ),
    usual as (
        select
            evaluation_date,
            sum(span_days) as span_days,
            sum(purchase_count - 1) as gap_count
        from purchases
        group by evaluation_date
    ),
    -- Two intervals are a habit; with fewer, everybody's mean interval is expected.
    overdue as (
        select
            purchases.evaluation_date,
            purchases.customer_key,
            case
                when purchases.purchase_count >= 3
                then
                    {{
                        safe_ratio(
                            "purchases.recency_days * (purchases.purchase_count - 1)",
                            "purchases.span_days",
                        )
                    }}
                else
                    {{
                        safe_ratio(
                            "purchases.recency_days * usual.gap_count",
                            "usual.span_days",
                        )
                    }}
            end as measure_value
        from purchases
        inner join usual on purchases.evaluation_date = usual.evaluation_date
    ),
    -- A ticket weighs one, and one more for each day at whose end it is open.
    ticket_loads as (
        select customers.evaluation_date, customers.customer_key, 1 as load_count
        from customers
        inner join
            tickets
            on customers.customer_key = tickets.customer_key
            and customers.evaluation_date >= tickets.created_date
            and {{ days_between("tickets.created_date", "customers.evaluation_date") }}
            < {{ window_days }}
        union all
        select
            customers.evaluation_date,
            customers.customer_key,
            {{
                days_between(
                    "greatest("
                    ~ local_date("intervals.started_at")
                    ~ ", cast(customers.evaluation_date + ("
                    ~ (1 - window_days)
                    ~ ") as date))",
                    "least(coalesce("
                    ~ local_date("intervals.ended_at")
                    ~ ", cast(customers.evaluation_date + 1 as date)),"
                    ~ " cast(customers.evaluation_date + 1 as date))",
                )
            }} as load_count
        from customers
        inner join tickets on customers.customer_key = tickets.customer_key
        inner join
            intervals
            on tickets.ticket_key = intervals.ticket_key
            and customers.evaluation_date >= {{ local_date("intervals.started_at") }}
    ),
    loads as (
        select
            evaluation_date,
            customer_key,
            cast(sum(load_count) as double) as measure_value
        from ticket_loads
        where load_count > 0
        group by evaluation_date, customer_key
    ),
    answers as (
        select
            ratings.score_type,
            tickets.customer_key,
            {{ local_date("ratings.updated_at") }} as answer_date,
            lead({{ local_date("ratings.updated_at") }}) over (
                partition by ratings.ticket_key
                order by
                    ratings.updated_at asc nulls last, ratings.rating_id asc nulls last
            ) as next_answer_date
        from ratings
        inner join tickets on ratings.ticket_key = tickets.ticket_key
    ),
    satisfaction as (
        select
            customers.evaluation_date,
            customers.customer_key,
            {{
                safe_ratio(
                    "sum(case when answers.score_type = 'good' then 1 else 0 end)",
                    "count(*)",
                )
            }} as measure_value
        from customers
        inner join
            answers
            on customers.customer_key = answers.customer_key
            and customers.evaluation_date >= answers.answer_date
            and coalesce(customers.evaluation_date < answers.next_answer_date, true)
            and {{ days_between("answers.answer_date", "customers.evaluation_date") }}
            < {{ memory_days }}
        group by customers.evaluation_date, customers.customer_key
    ),
    troubles as (
        select
            customer_orders.customer_key,
            customer_orders.order_date,
            least(
                {{ local_date("orders.cancelled_at") }}, refunds.first_refund_date
            ) as trouble_date
        from customer_orders
        inner join orders on customer_orders.order_key = orders.order_key
        left join refunds on customer_orders.order_key = refunds.order_key
    ),
    payments as (
        select
            customers.evaluation_date,
            customers.customer_key,
            {{
                safe_ratio(
                    "sum(case when troubles.trouble_date <= customers.evaluation_date"
                    ~ " then 1 else 0 end)",
                    "count(*)",
                )
            }} as measure_value
        from customers
        inner join
            troubles
            on customers.customer_key = troubles.customer_key
            and customers.evaluation_date >= troubles.order_date
            and {{ days_between("troubles.order_date", "customers.evaluation_date") }}
            < {{ memory_days }}
        group by customers.evaluation_date, customers.customer_key
    ),
    final as (
        {% set sign_of = {
            "visits": "",
            "overdue": "0 - ",
            "loads": "0 - ",
            "satisfaction": "",
            "payments": "0 - ",
        } %}
        {% set component_of = {
            "visits": "visits",
            "overdue": "orders",
            "loads": "tickets",
            "satisfaction": "satisfaction",
            "payments": "payment",
        } %}
        {% for measure, sign in sign_of.items() %}
            select
                customer_key,
                '{{ component_of[measure] }}' as component_name,
                measure_value,
                {{ sign }}measure_value as goodness_value,
                evaluation_date
            from {{ measure }}
            where measure_value is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select
    cast(customer_key as string) as customer_key,
    cast(component_name as string) as component_name,
    cast(measure_value as double) as measure_value,
    cast(goodness_value as double) as goodness_value,
    cast(evaluation_date as date) as evaluation_date
from final
