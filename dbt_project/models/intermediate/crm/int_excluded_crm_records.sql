-- CRM records that no mart shows, each with its reason.
-- Grain: one row per vendor, record type and id. First reason wins: merged, archived,
-- rest.
with
    redirects as (select * from {{ ref("int_record_redirects") }}),
    line_item_deals as (select * from {{ ref("int_line_item_deals") }}),
    records as (
        select 'deal' as record_type, vendor, deal_id as record_id, is_archived
        from {{ ref("int_deals") }}
        union all
        select 'company' as record_type, vendor, company_id as record_id, is_archived
        from {{ ref("int_companies") }}
        union all
        select 'contact' as record_type, vendor, contact_id as record_id, is_archived
        from {{ ref("int_contacts") }}
        union all
        select
            activity_type as record_type, vendor, activity_id as record_id, is_archived
        from {{ ref("int_activities") }}
        union all
        select
            'line_item' as record_type, vendor, line_item_id as record_id, is_archived
        from {{ ref("int_line_items") }}
        union all
        select 'target' as record_type, vendor, target_id as record_id, is_archived
        from {{ ref("int_targets") }}
        union all
        select
            'marketing_event_participation' as record_type,
            vendor,
            participation_id as record_id,
            false as is_archived
        from {{ ref("int_marketing_event_participations") }}
    ),
    by_record as (
        select
            records.record_type,
            records.vendor,
            records.record_id,
            case
                when redirects.merged_id is not null
                then 'merged into another record'
                when records.is_archived
                then 'archived'
            end as reason
        from records
        left join
            redirects
            on records.vendor = redirects.vendor
            and records.record_type = redirects.record_type
            and records.record_id = redirects.merged_id
    ),
    lost_deals as (
        select vendor, record_id as deal_id
        from by_record
        where record_type = 'deal' and reason is not null
    ),
    further as (
        select
            'line_item' as record_type,
            line_items.vendor,
            line_items.line_item_id as record_id,
            case
                when deals.deal_id is null
                then 'line item of no deal'
                when lost_deals.deal_id is not null
                then 'line item of an excluded deal'
            end as reason
        from {{ ref("int_line_items") }} as line_items
        left join
            line_item_deals
            on line_items.vendor = line_item_deals.vendor
            and line_items.line_item_id = line_item_deals.line_item_id
        left join
            {{ ref("int_deals") }} as deals
            on line_item_deals.vendor = deals.vendor
            and line_item_deals.deal_id = deals.deal_id
        left join
            lost_deals
            on line_item_deals.vendor = lost_deals.vendor
            and line_item_deals.deal_id = lost_deals.deal_id
        union all
        select
            'target' as record_type,
            vendor,
            target_id as record_id,
            case
                when target_type = 'other'
                then 'target of another kind than meetings or won deals'
                when not is_monthly
                then 'target not for one month'
                when target_value is null
                then 'target without a value'
                when employee_id is null and team_name is null
                then 'target of nobody'
            end as reason
        from {{ ref("int_targets") }}
        union all
        select
            'marketing_event_participation' as record_type,
            participations.vendor,
            participations.participation_id as record_id,
            case
                when events.marketing_event_id is null
                then 'participation in an event that is not listed'
            end as reason
        from {{ ref("int_marketing_event_participations") }} as participations
        left join
            {{ ref("int_marketing_events") }} as events
            on participations.vendor = events.vendor
            and participations.marketing_event_id = events.marketing_event_id
    )
select
    cast(
        {{
            surrogate_key(
                ["by_record.vendor", "by_record.record_type", "by_record.record_id"]
            )
        }} as string
    ) as excluded_record_key,
    cast(by_record.vendor as string) as vendor,
    cast(by_record.record_type as string) as record_type,
    cast(by_record.record_id as string) as record_id,
    cast(coalesce(by_record.reason, further.reason) as string) as reason
from by_record
left join
    further
    on by_record.record_type = further.record_type
    and by_record.vendor = further.vendor
    and by_record.record_id = further.record_id
where coalesce(by_record.reason, further.reason) is not null
