-- Visits: what one device did without a pause of session_inactivity_minutes (K31).
-- Grain: one row per session_key, which names the session's first message. Neither
-- midnight nor a new campaign ends a visit; machines are left out before anything is
-- ordered. A load changes the visits from the one that its first event of a visitor
-- belongs to, up to the first that begins long enough after its last; the others are
-- copied.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["vendor", "visitor_id"],
        on_schema_change="fail",
        meta={"built_from": "loads"},
        post_hook="{{ remember_build('loads') }}",
    )
}}
-- depends_on: {{ ref("int_visitor_event_loads") }}
{% set counted = [
    "page_view",
    "product_viewed",
    "product_added",
    "checkout_started",
    "payment_entered",
    "order_completed",
] %}
{% set named = [
    "vendor",
    "visitor_id",
    "anonymous_id",
    "user_id",
    "country_name",
    "currency",
    "landing_path",
    "referrer_host",
    "campaign_name",
    "campaign_source_name",
    "campaign_medium_name",
    "user_agent",
] %}
{% set is_delta = is_incremental() %}
{% set stretches %}
    select
        touched.vendor,
        touched.visitor_id,
        coalesce(
            max(
                case
                    when
                        visits.started_at <= touched.first_at
                        and {{ minutes_between("visits.ended_at", "touched.first_at") }}
                        <= {{ var("session_inactivity_minutes") }}
                    then visits.started_at
                end
            ),
            min(touched.first_at)
        ) as begins_at,
        min(
            case
                when
                    {{ minutes_between("touched.last_at", "visits.started_at") }}
                    > {{ var("session_inactivity_minutes") }}
                then visits.started_at
            end
        ) as ends_before
    from
        (
            select
                vendor,
                visitor_id,
                min(happened_at) as first_at,
                max(happened_at) as last_at
            from
                (
                    select vendor, visitor_id, happened_at
                    from {{ ref("int_visitor_events") }}
                    where {{ is_new_event() if is_delta }}
                    union all
                    select vendor, visitor_id, happened_at
                    from {{ ref("int_visitor_event_changes") }}
                    where {{ is_new_event() if is_delta }}
                ) as new_events
            group by vendor, visitor_id
        ) as touched
    left join
        {{ this }} as visits
        on touched.vendor = visits.vendor
        and touched.visitor_id = visits.visitor_id
    group by touched.vendor, touched.visitor_id
{% endset %}
{# The first day in question as a constant: the rest of history is not even read. #}
{% if is_delta %}
    {% set first_at = run_query(
        "select min(begins_at) from (" ~ stretches ~ ") as stretches"
    ).rows[0][0] %}
{% endif %}
{% set people %}
    from {{ ref("int_visitor_events") }} as events
    left join machines on events.user_agent = machines.user_agent
    {% if is_delta %}
        inner join
            stretches
            on events.vendor = stretches.vendor
            and events.visitor_id = stretches.visitor_id
            and events.happened_at >= stretches.begins_at
            and (
                stretches.ends_before is null
                or events.happened_at < stretches.ends_before
            )
    {% endif %}
    where
        machines.user_agent is null
        {% if is_delta %}
            and events.happened_at
            >= cast('{{ first_at or "9999-12-31" }}' as timestamp)
        {% endif %}
{% endset %}
with
    machines as (select user_agent from {{ ref("int_user_agents") }} where is_bot),
    {% if is_delta %} stretches as ({{ stretches }}), {% endif %}
    steps as (
        select
            events.vendor,
            events.visitor_id,
            events.message_id,
            events.user_id,
            events.event_type,
            events.country_name,
            events.currency,
            events.happened_at
            {{ people }}
    ),
    paused as (
        select
            *,
            lag(happened_at) over (
                partition by vendor, visitor_id
                order by happened_at asc nulls last, message_id asc nulls last
            ) as previous_at
        from steps
    ),
    started as (
        select
            *,
            case
                when
                    previous_at is null
                    or {{ minutes_between("previous_at", "happened_at") }}
                    > {{ var("session_inactivity_minutes") }}
                then 1
                else 0
            end as is_start
        from paused
    ),
    numbered as (
        select
            *,
            sum(is_start) over (
                partition by vendor, visitor_id
                order by happened_at asc nulls last, message_id asc nulls last
                rows between unbounded preceding and current row
            ) as visit_number,
            row_number() over (
                partition by vendor, visitor_id
                order by happened_at asc nulls last, message_id asc nulls last
            ) as step_number
        from started
    ),
    facts as (
        select
            vendor,
            visitor_id,
            max(case when is_start = 1 then message_id end) as message_id,
            min(happened_at) as started_at,
            max(happened_at) as ended_at,
            count(*) as event_count,
            -- Two logins in one visit: whose it is stays open.
            case when min(user_id) = max(user_id) then min(user_id) end as user_id,
            min_by(
                country_name, case when country_name is not null then step_number end
            ) as country_name,
            min_by(
                currency, case when currency is not null then step_number end
            ) as currency
            {%- for event_type in counted %}
                ,
                sum(
                    case when event_type = '{{ event_type }}' then 1 else 0 end
                ) as {{ event_type }}_count
            {%- endfor %}
        from numbered
        group by vendor, visitor_id, visit_number
    ),
    bounded as (
        select
            *,
            lead(started_at) over (
                partition by vendor, visitor_id order by started_at asc nulls last
            ) as next_started_at
        from facts
    ),
    {% if is_delta %}
        rebuilt as (
            select vendor, visitor_id, min(started_at) as first_started_at
            from facts
            group by vendor, visitor_id
        ),
    {% endif %}
    landings as (
        select
            events.vendor,
            events.message_id,
            events.anonymous_id,
            events.page_path,
            events.page_host,
            events.referrer_host,
            events.campaign_name,
            events.campaign_source_name,
            events.campaign_medium_name,
            events.user_agent
            {{ people }}
    ),
    final as (
        select
            {{ surrogate_key(["bounded.vendor", "bounded.message_id"]) }}
            as session_key,
            bounded.*,
            landings.anonymous_id,
            landings.page_path as landing_path,
            -- The shop's own pages are no referrer.
            nullif(landings.referrer_host, landings.page_host) as referrer_host,
            landings.campaign_name,
            landings.campaign_source_name,
            landings.campaign_medium_name,
            landings.user_agent,
            {% if is_delta %} stretches.ends_before
            {% else %} cast(null as timestamp)
            {% endif %} as ends_before
        from bounded
        inner join
            landings
            on bounded.vendor = landings.vendor
            and bounded.message_id = landings.message_id
        {% if is_delta %}
            inner join
                stretches
                on bounded.vendor = stretches.vendor
                and bounded.visitor_id = stretches.visitor_id
        {% endif %}
    )
select
    cast(session_key as string) as session_key,
    {% for column in named %} cast({{ column }} as string) as {{ column }}, {% endfor %}
    cast(event_count as bigint) as event_count,
    {% for event_type in counted %}
        cast({{ event_type }}_count as bigint) as {{ event_type }}_count,
    {% endfor %}
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at,
    cast(coalesce(next_started_at, ends_before) as timestamp) as next_started_at
from final
{% if is_delta %}
    union all
    select
        visits.session_key,
        {% for column in named %} visits.{{ column }}, {% endfor %}
        visits.event_count,
        {% for event_type in counted %} visits.{{ event_type }}_count, {% endfor %}
        visits.started_at,
        visits.ended_at,
        case
            when
                visits.started_at < stretches.begins_at
                and (
                    visits.next_started_at is null
                    or visits.next_started_at >= stretches.begins_at
                )
            then coalesce(rebuilt.first_started_at, stretches.ends_before)
            else visits.next_started_at
        end as next_started_at
    from {{ this }} as visits
    inner join
        stretches
        on visits.vendor = stretches.vendor
        and visits.visitor_id = stretches.visitor_id
    left join
        rebuilt
        on visits.vendor = rebuilt.vendor
        and visits.visitor_id = rebuilt.visitor_id
    where
        visits.started_at < stretches.begins_at
        or visits.started_at >= stretches.ends_before
{% endif %}
