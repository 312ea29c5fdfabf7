-- The rate of each currency to the reporting currency on each day: the last known one,
-- unless it is older than exchange_rate_days. A pair that is not stated is inverted, or
-- crossed over a third currency.
-- Grain: one row per (rate_date, currency).
with
    stated as (
        select
            vendor,
            upper(trim(from_currency)) as from_currency,
            upper(trim(to_currency)) as to_currency,
            cast(conversion_rate as double) as conversion_rate,
            effective_at,
            {{ local_date("effective_at") }} as effective_date
        from {{ ref("int_exchange_rates") }}
        where
            conversion_rate > 0
            and upper(trim(from_currency)) <> upper(trim(to_currency))
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by from_currency, to_currency, effective_date
                order by
                    effective_at desc nulls last,
                    vendor asc nulls last,
                    conversion_rate asc nulls last
            ) as rank_of_day
        from stated
    ),
    quotes as (
        select
            from_currency,
            to_currency,
            conversion_rate,
            effective_date,
            lead(effective_date) over (
                partition by from_currency, to_currency
                order by effective_date asc nulls last
            ) as next_effective_date
        from ranked
        where rank_of_day = 1
    ),
    ages as (
        select cast(age as int) as age_days
        from range(0, {{ var("exchange_rate_days") + 1 }}) as ages(age)
    ),
    daily as (
        select
            quotes.from_currency,
            quotes.to_currency,
            quotes.conversion_rate,
            cast(quotes.effective_date + ages.age_days as date) as rate_date,
            ages.age_days
        from quotes
        cross join ages
        where
            quotes.next_effective_date is null
            or quotes.effective_date + ages.age_days < quotes.next_effective_date
    ),
    either_way as (
        select
            from_currency, to_currency, conversion_rate, rate_date, age_days, 1 as hops
        from daily
        union all
        select
            to_currency as from_currency,
            from_currency as to_currency,
            1 / conversion_rate as conversion_rate,
            rate_date,
            age_days,
            2 as hops
        from daily
    ),
    to_base as (
        select
            rate_date,
            from_currency as currency,
            conversion_rate as rate,
            age_days,
            hops,
            '' as over_currency
        from either_way
        where to_currency = {{ base_currency() }}
        union all
        select
            first_leg.rate_date,
            first_leg.from_currency as currency,
            first_leg.conversion_rate * second_leg.conversion_rate as rate,
            greatest(first_leg.age_days, second_leg.age_days) as age_days,
            first_leg.hops + second_leg.hops + 2 as hops,
            first_leg.to_currency as over_currency
        from either_way as first_leg
        inner join
            either_way as second_leg
            on first_leg.rate_date = second_leg.rate_date
            and first_leg.to_currency = second_leg.from_currency
        where
            second_leg.to_currency = {{ base_currency() }}
            and first_leg.from_currency <> {{ base_currency() }}
    ),
    preferred as (
        select
            *,
            row_number() over (
                partition by rate_date, currency
                order by
                    hops asc nulls last,
                    age_days asc nulls last,
                    over_currency asc nulls last
            ) as preference
        from to_base
    ),
    final as (
        select rate_date, currency, rate, age_days
        from preferred
        where preference = 1
        union all
        select
            calendar_date as rate_date,
            {{ base_currency() }} as currency,
            1 as rate,
            0 as age_days
        from {{ ref("dim_dates") }}
    )
select
    cast(rate_date as date) as rate_date,
    cast(currency as string) as currency,
    cast(round(rate, 12) as decimal(19, 12)) as rate_to_base,
    cast(age_days as int) as rate_age_days
from final
