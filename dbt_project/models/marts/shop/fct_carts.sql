-- Carts: what was in them after cart_window_hours, and whether they were bought, given
-- up or taken up again.
-- Grain: one row per cart_key. A cart begins with its first product; without an id it
-- is the cart of its visit.
{% set window_ends_at = plus_milliseconds(
    "created_at", var("cart_window_hours") * 3600000
) %}
{% set recovery_ends_at = plus_milliseconds(
    "created_at", var("cart_recovery_days") * 86400000
) %}
with
    changes as (select * from {{ ref("int_cart_changes") }}),
    visits as (select * from {{ ref("int_sessions") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    orders as (select * from {{ ref("fct_customer_orders") }}),
    gross_orders as (select * from {{ ref("fct_orders") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    -- A machine has no visit, so that its carts fall out here.
    visited as (
        select
            changes.vendor,
            coalesce(changes.cart_id, 'visit ' || visits.session_key) as cart_id,
            changes.message_id,
            changes.change_type,
            changes.product_id,
            coalesce(changes.quantity, 1) as quantity,
            coalesce(changes.unit_price, 0) as unit_price,
            coalesce(changes.currency, visits.currency) as currency,
            changes.happened_at,
            visits.session_key,
            sessions.customer_key
        from changes
        inner join
            visits
            on changes.vendor = visits.vendor
            and changes.visitor_id = visits.visitor_id
            and changes.happened_at >= visits.started_at
            and changes.happened_at <= visits.ended_at
        inner join sessions on visits.session_key = sessions.session_key
    ),
    keyed as (
        select
            *,
            {{ surrogate_key(["vendor", "cart_id"]) }} as cart_key,
            min(case when change_type = 'added' then happened_at end) over (
                partition by vendor, cart_id
            ) as created_at
        from visited
    ),
    additions as (
        select
            *,
            row_number() over (
                partition by cart_key
                order by happened_at asc nulls last, message_id asc nulls last
            ) as addition_number
        from keyed
        where change_type = 'added'
    ),
    created as (
        select
            cart_key, vendor, cart_id, currency, session_key, happened_at as created_at
        from additions
        where addition_number = 1
    ),
    product_contents as (
        select
            keyed.cart_key,
            keyed.product_id,
            sum(
                case
                    when keyed.change_type = 'added'
                    then keyed.quantity
                    else - keyed.quantity
                end
            ) as unit_count,
            sum(
                case
                    when keyed.change_type = 'added'
                    then keyed.quantity * keyed.unit_price
                    else - keyed.quantity * keyed.unit_price
                end
            ) as cart_amount
        from keyed
        where
            keyed.change_type in ('added', 'removed')
            and keyed.happened_at <= {{ window_ends_at }}
        group by keyed.cart_key, keyed.product_id
    ),
    contents as (
        select cart_key, sum(unit_count) as unit_count, sum(cart_amount) as cart_amount
        from product_contents
        where unit_count > 0
        group by cart_key
    ),
    -- An order buys the cart that its customer touched last before it.
    touched as (
        select
            orders.order_key,
            orders.session_key,
            orders.ordered_at,
            keyed.cart_key,
            row_number() over (
                partition by orders.order_key
                order by
                    keyed.happened_at desc nulls last, keyed.message_id desc nulls last
            ) as touch_rank
        from keyed
        inner join
            orders
            on keyed.customer_key = orders.customer_key
            and keyed.created_at <= orders.ordered_at
            and keyed.happened_at <= orders.ordered_at
            and {{ recovery_ends_at }} >= orders.ordered_at
    ),
    bought as (
        select
            *,
            row_number() over (
                partition by cart_key
                order by ordered_at asc nulls last, order_key asc nulls last
            ) as purchase_rank
        from touched
        where touch_rank = 1
    ),
    joined as (
        select
            created.*,
            sessions.customer_key,
            sessions.country_name,
            sessions.device_type,
            sessions.channel_group_name,
            {{ local_date("created.created_at") }} as created_date,
            coalesce(contents.unit_count, 0) as unit_count,
            coalesce(contents.cart_amount, 0) as cart_amount,
            bought.order_key,
            bought.ordered_at,
            gross_orders.gross_amount_base as order_amount_base,
            returning_sessions.channel_group_name as returning_channel_group_name
        from created
        inner join sessions on created.session_key = sessions.session_key
        left join contents on created.cart_key = contents.cart_key
        left join
            bought on created.cart_key = bought.cart_key and bought.purchase_rank = 1
        left join gross_orders on bought.order_key = gross_orders.order_key
        left join
            sessions as returning_sessions
            on bought.session_key = returning_sessions.session_key
    ),
    judged as (
        select
            joined.*,
            case
                when {{ window_ends_at }} > {{ as_of() }}
                then 'too_young'
                when joined.ordered_at <= {{ window_ends_at }}
                then 'purchased'
                when joined.unit_count <= 0
                then 'emptied'
                else 'abandoned'
            end as cart_status,
            {{ recovery_ends_at }} <= {{ as_of() }} as is_old_enough,
            {{
                base_amount(
                    "joined.cart_amount", "joined.currency", "rates.rate_to_base", 6
                )
            }} as cart_amount_base
        from joined
        left join
            rates
            on joined.created_date = rates.rate_date
            and joined.currency = rates.currency
    ),
    final as (
        select
            *,
            cart_status = 'abandoned' and is_old_enough as is_recoverable,
            cart_status = 'abandoned'
            and is_old_enough
            and order_key is not null as is_recovered
        from judged
    )
select
    cast(cart_key as string) as cart_key,
    cast(customer_key as string) as customer_key,
    cast(session_key as string) as session_key,
    cast(order_key as string) as order_key,
    cast(vendor as string) as vendor,
    cast(cart_id as string) as cart_id,
    cast(country_name as string) as country_name,
    cast(device_type as string) as device_type,
    cast(channel_group_name as string) as channel_group_name,
    cast(currency as string) as currency,
    cast(cart_status as string) as cart_status,
    cast(
        case
            when not is_recovered
            then null
            when returning_channel_group_name = 'email'
            then 'mail'
            when
                returning_channel_group_name like 'paid%'
                or returning_channel_group_name in ('display', 'cross_network')
            then 'ad'
            else 'none'
        end as string
    ) as recovery_trigger_name,
    is_recoverable,
    is_recovered,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(cart_amount as decimal(18, 6)) as cart_amount,
    cart_amount_base,
    -- A part that is bought recovers a part.
    cast(
        case
            when is_recovered
            then
                case
                    when order_amount_base < cart_amount_base
                    then order_amount_base
                    else cart_amount_base
                end
        end as decimal(18, 6)
    ) as recovered_amount_base,
    cast(created_date as date) as created_date,
    cast(hour({{ to_local_time("created_at") }}) as int) as created_hour,
    cast(created_at as timestamp) as created_at,
    cast(ordered_at as timestamp) as ordered_at
from final
