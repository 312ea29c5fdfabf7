-- Tickets with what happened to them until as_of: solves, replies, times, survey.
-- Grain: one row per ticket_key. Deleted, merged and spam tickets are counted in
-- int_excluded_tickets.
{% set moments = ["created", "first_replied", "first_solved", "last_solved"] %}
{% set times = {
    "first_reply": "first_replied",
    "first_resolution": "first_solved",
    "full_resolution": "last_solved",
} %}
{% set waits = {
    "requester_wait": ["new", "open", "hold"],
    "agent_wait": ["pending"],
    "agent_work": ["new", "open"],
    "on_hold": ["hold"],
} %}
with
    tickets as (
        select *, {{ surrogate_key(["vendor", "ticket_id"]) }} as ticket_key
        from {{ ref("int_tickets") }}
    ),
    values_held as (select * from {{ ref("int_ticket_intervals") }}),
    intervals as (select * from {{ ref("fct_ticket_intervals") }}),
    comments as (select * from {{ ref("int_ticket_comment_counts") }}),
    satisfaction as (select * from {{ ref("int_ticket_satisfaction") }}),
    schedules as (select * from {{ ref("int_ticket_schedules") }}),
    customers as (
        select *
        from {{ ref("dim_customer_records") }}
        where record_type = 'helpdesk_user'
    ),
    organizations as (
        select *
        from {{ ref("dim_organization_records") }}
        where record_type = 'helpdesk_organization'
    ),
    business as (select * from {{ ref("int_business_stretches") }}),
    statuses as (
        select
            *,
            field_value in ('solved', 'closed') as is_done,
            coalesce(previous_value in ('solved', 'closed'), false) as was_done
        from values_held
        where field_name = 'status'
    ),
    solves as (
        select
            ticket_key,
            max(
                case when is_current and field_value = 'closed' then started_at end
            ) as closed_at,
            bool_or(is_current and is_done) as is_solved,
            count(*) filter (where is_done and not was_done) as solve_count,
            count(*) filter (where was_done and not is_done) as reopen_count,
            min(
                case when is_done and not was_done then started_at end
            ) as first_solved_at,
            max(
                case when is_done and not was_done then started_at end
            ) as newest_solved_at,
            max(
                case when was_done and not is_done then started_at end
            ) as last_reopened_at
        from statuses
        group by ticket_key
    ),
    stations as (
        select
            ticket_key,
            count(*) filter (
                where field_name = 'assignee' and field_value <> ''
            ) as assignee_station_count,
            count(*) filter (
                where field_name = 'group' and field_value <> ''
            ) as group_station_count
        from values_held
        group by ticket_key
    ),
    first_intervals as (select * from intervals where interval_number = 1),
    current_intervals as (select * from intervals where is_current),
    waits as (
        select
            ticket_key,
            {% for wait, status_types in waits.items() %}
                sum(
                    case
                        when status_type in ('{{ status_types | join("', '") }}')
                        then calendar_minutes
                        else 0
                    end
                ) as {{ wait }}_minutes,
                -- Without a schedule there are no business minutes, not none.
                case
                    when count(business_minutes) = count(*)
                    then
                        sum(
                            case
                                when
                                    status_type in ('{{ status_types | join("', '") }}')
                                then business_minutes
                                else 0
                            end
                        )
                end as {{ wait }}_business_minutes
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from intervals
        group by ticket_key
    ),
    joined as (
        select
            tickets.*,
            current_intervals.status_type as current_status_type,
            current_intervals.group_id as current_group_id,
            current_intervals.group_name,
            current_intervals.assignee_id as current_assignee_id,
            current_intervals.priority_type as current_priority_type,
            first_intervals.priority_type as first_priority_type,
            first_intervals.group_id as first_group_id,
            customers.customer_key,
            organizations.organization_key,
            current_schedules.schedule_id,
            solves.is_solved,
            solves.solve_count,
            solves.reopen_count,
            solves.first_solved_at,
            case
                when solves.is_solved then solves.newest_solved_at
            end as last_solved_at,
            solves.last_reopened_at,
            solves.closed_at,
            coalesce(comments.is_opened_by_agent, false) as is_opened_by_agent,
            coalesce(
                comments.public_agent_comment_count, 0
            ) as public_agent_comment_count,
            coalesce(comments.reply_count, 0) as reply_count,
            coalesce(comments.customer_comment_count, 0) as customer_comment_count,
            coalesce(comments.commenting_agent_count, 0) as commenting_agent_count,
            comments.first_replied_at,
            satisfaction.score_type,
            satisfaction.offered_at,
            stations.assignee_station_count,
            stations.group_station_count,
            current_schedules.schedule_number as schedule_station_count,
            {% for wait in waits %}
                waits.{{ wait }}_minutes,
                waits.{{ wait }}_business_minutes
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from tickets
        -- Only those that are not excluded have intervals.
        inner join
            current_intervals on tickets.ticket_key = current_intervals.ticket_key
        inner join first_intervals on tickets.ticket_key = first_intervals.ticket_key
        inner join solves on tickets.ticket_key = solves.ticket_key
        inner join stations on tickets.ticket_key = stations.ticket_key
        inner join waits on tickets.ticket_key = waits.ticket_key
        left join comments on tickets.ticket_key = comments.ticket_key
        left join satisfaction on tickets.ticket_key = satisfaction.ticket_key
        left join
            schedules as current_schedules
            on tickets.ticket_key = current_schedules.ticket_key
            and current_schedules.is_current
        left join
            customers
            on tickets.vendor = customers.vendor
            and tickets.requester_id = customers.record_id
        left join
            organizations
            on tickets.vendor = organizations.vendor
            and tickets.organization_id = organizations.record_id
    ),
    moments as (
        {% for moment in moments %}
            select
                ticket_key,
                '{{ moment }}' as moment_name,
                {{ moment }}_at as happened_at
            from joined
            where {{ moment }}_at is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    readings as (
        select
            moments.ticket_key,
            {% for moment in moments %}
                max(
                    case
                        when moments.moment_name = '{{ moment }}'
                        then
                            {{
                                ticket_business_minutes_until(
                                    "schedules", "clock", "moments.happened_at"
                                )
                            }}
                    end
                ) as {{ moment }}_reading
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from moments
        inner join
            schedules
            on {{
                is_in_ticket_schedule(
                    "schedules", "moments.ticket_key", "moments.happened_at"
                )
            }}
        inner join
            business as clock
            on {{
                is_in_business_stretch(
                    "clock",
                    "schedules.vendor",
                    "schedules.schedule_id",
                    "moments.happened_at",
                )
            }}
        group by moments.ticket_key
    )
select
    cast(joined.ticket_key as string) as ticket_key,
    cast(joined.vendor as string) as vendor,
    cast(joined.ticket_id as string) as ticket_id,
    cast(joined.customer_key as string) as customer_key,
    cast(joined.requester_id as string) as requester_id,
    cast(joined.organization_id as string) as organization_id,
    cast(joined.brand_id as string) as brand_id,
    cast(joined.organization_key as string) as organization_key,
    cast(nullif(joined.current_assignee_id, '') as string) as assignee_id,
    cast(nullif(joined.current_group_id, '') as string) as group_id,
    cast(nullif(joined.first_group_id, '') as string) as first_group_id,
    cast(joined.schedule_id as string) as schedule_id,
    cast(joined.group_name as string) as group_name,
    cast(coalesce(joined.channel_name, 'unknown') as string) as channel_name,
    cast(joined.ticket_type as string) as ticket_type,
    cast(joined.current_status_type as string) as status_type,
    cast(joined.current_priority_type as string) as priority_type,
    cast(joined.first_priority_type as string) as first_priority_type,
    cast(
        case
            when not joined.is_solved
            then cast(null as string)
            when joined.public_agent_comment_count = 0
            then 'no_touch'
            when joined.public_agent_comment_count = 1
            then 'one_touch'
            else 'multi_touch'
        end as string
    ) as touch_type,
    cast(joined.score_type as string) as satisfaction_type,
    joined.is_solved,
    joined.is_opened_by_agent,
    joined.reopen_count > 0 as was_reopened,
    cast(joined.solve_count as bigint) as solve_count,
    cast(joined.reopen_count as bigint) as reopen_count,
    cast(joined.public_agent_comment_count as bigint) as public_agent_comment_count,
    cast(joined.reply_count as bigint) as reply_count,
    cast(joined.customer_comment_count as bigint) as customer_comment_count,
    cast(joined.commenting_agent_count as bigint) as commenting_agent_count,
    cast(joined.assignee_station_count as bigint) as assignee_station_count,
    cast(joined.group_station_count as bigint) as group_station_count,
    cast(joined.schedule_station_count as bigint) as schedule_station_count,
    {% for time, moment in times.items() %}
        cast(
            {{ minutes_between("joined.created_at", "joined." ~ moment ~ "_at") }}
            as double
        ) as {{ time }}_minutes,
        cast(
            readings.{{ moment }}_reading - readings.created_reading as double
        ) as {{ time }}_business_minutes,
    {% endfor %}
    {% for wait in waits %}
        cast(joined.{{ wait }}_minutes as double) as {{ wait }}_minutes,
        cast(
            joined.{{ wait }}_business_minutes as double
        ) as {{ wait }}_business_minutes,
    {% endfor %}
    cast({{ local_date("joined.created_at") }} as date) as created_date,
    cast({{ local_date("joined.first_solved_at") }} as date) as first_solved_date,
    cast({{ local_date("joined.last_solved_at") }} as date) as last_solved_date,
    cast({{ local_date("joined.closed_at") }} as date) as closed_date,
    cast(joined.created_at as timestamp) as created_at,
    cast(joined.first_replied_at as timestamp) as first_replied_at,
    cast(joined.first_solved_at as timestamp) as first_solved_at,
    cast(joined.last_solved_at as timestamp) as last_solved_at,
    cast(joined.last_reopened_at as timestamp) as last_reopened_at,
    cast(joined.closed_at as timestamp) as closed_at,
    cast(joined.offered_at as timestamp) as satisfaction_offered_at,
    cast(joined._loaded_at as timestamp) as _loaded_at
from joined
left join readings on joined.ticket_key = readings.ticket_key
