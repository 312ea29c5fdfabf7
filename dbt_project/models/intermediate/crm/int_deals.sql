-- Deals of every CRM as the vendors say them. A run for a past instant sees a deal as
-- its history tells it for then; what has no history is the vendor's value of today.
-- Grain: one row per vendor and deal_id, archived ones and merge losers included.
{% set properties = {
    "stage": "property_value",
    "pipeline": "property_value",
    "owner": "property_value",
    "amount": "value_amount",
    "close_date": "value_at",
} %}
with
    stated as ({{ union_vendors("deals", "crm", known_at="created_at") }}),
    later as (
        select vendor, deal_id, property_name
        from {{ ref("int_later_deal_changes") }}
        group by vendor, deal_id, property_name
    ),
    ranked as (
        select
            changes.*,
            row_number() over (
                partition by changes.vendor, changes.deal_id, changes.property_name
                order by
                    changes.changed_at desc nulls last,
                    changes.property_value desc nulls last
            ) as change_rank
        from {{ ref("int_deal_property_changes") }} as changes
        inner join
            later
            on changes.vendor = later.vendor
            and changes.deal_id = later.deal_id
            and changes.property_name = later.property_name
    ),
    rewound as (
        select
            later.vendor,
            later.deal_id
            {%- for property, value in properties.items() %}
                ,
                bool_or(
                    later.property_name = '{{ property }}'
                ) as has_later_{{ property }},
                max(
                    case
                        when later.property_name = '{{ property }}'
                        then ranked.{{ value }}
                    end
                ) as earlier_{{ property }}
            {%- endfor %}
        from later
        left join
            ranked
            on later.vendor = ranked.vendor
            and later.deal_id = ranked.deal_id
            and later.property_name = ranked.property_name
            and ranked.change_rank = 1
        group by later.vendor, later.deal_id
    )
select
    cast(stated.vendor as string) as vendor,
    cast(stated.deal_id as string) as deal_id,
    cast(
        case
            when rewound.has_later_pipeline
            then rewound.earlier_pipeline
            else stated.pipeline_id
        end as string
    ) as pipeline_id,
    cast(
        case
            when rewound.has_later_stage then rewound.earlier_stage else stated.stage_id
        end as string
    ) as stage_id,
    cast(
        case
            when rewound.has_later_owner
            then rewound.earlier_owner
            else stated.employee_id
        end as string
    ) as employee_id,
    cast(stated.deal_name as string) as deal_name,
    cast(stated.deal_type as string) as deal_type,
    cast(stated.won_reason as string) as won_reason,
    cast(stated.lost_reason as string) as lost_reason,
    cast(stated.currency as string) as currency,
    stated.is_stated_closed,
    stated.is_stated_won,
    stated.is_archived,
    cast(stated.stated_probability as double) as stated_probability,
    cast(
        case
            when rewound.has_later_amount
            then rewound.earlier_amount
            else stated.deal_amount
        end as decimal(18, 2)
    ) as deal_amount,
    cast(stated.created_at as timestamp) as created_at,
    cast(
        case
            when rewound.has_later_close_date
            then rewound.earlier_close_date
            else stated.stated_close_at
        end as timestamp
    ) as stated_close_at,
    cast(
        case
            when stated.updated_at > {{ as_of() }}
            then {{ as_of() }}
            else stated.updated_at
        end as timestamp
    ) as updated_at,
    cast(stated._loaded_at as timestamp) as _loaded_at
from stated
left join rewound on stated.vendor = rewound.vendor and stated.deal_id = rewound.deal_id
