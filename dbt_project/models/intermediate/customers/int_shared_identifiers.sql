-- Identifiers that too many records of one kind carry to mean one person: the mailbox
-- of an office, the computer of a call centre. They link nothing.
-- Grain: one row per identifier_node.
with
    identifiers as (select * from {{ ref("int_customer_identifiers") }}),
    records as (select * from {{ ref("int_customer_records") }}),
    counted as (
        select
            identifiers.identifier_node,
            min(identifiers.identifier_type) as identifier_type,
            records.vendor,
            records.record_type,
            count(*) as record_count
        from identifiers
        inner join records on identifiers.record_node = records.record_node
        where
            identifiers.identifier_type in ('email', 'device')
            and records.record_type <> 'visitor'
        group by identifiers.identifier_node, records.vendor, records.record_type
    )
select
    cast(identifier_node as string) as identifier_node,
    cast(min(identifier_type) as string) as identifier_type,
    cast(max(record_count) as bigint) as record_count
from counted
where
    record_count > case
        when identifier_type = 'email'
        then {{ var("identity_records_per_email") }}
        else {{ var("identity_users_per_device") }}
    end
group by identifier_node
